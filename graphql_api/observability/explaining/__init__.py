"""What happened in one operation, told to whoever asked for it and may know."""
