"""One event for every act, in an RFC 6962 Merkle tree."""
