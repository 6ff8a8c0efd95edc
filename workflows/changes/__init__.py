"""What a case asks of the register: changes, exits, and temporary aid."""
