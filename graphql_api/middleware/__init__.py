"""What surrounds a dispatch and needs more than the standard library."""
