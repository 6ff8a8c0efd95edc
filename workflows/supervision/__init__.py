"""What supervisors have: the trail of every act, the portal as it was on a date, pictures."""
