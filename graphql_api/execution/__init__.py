"""Operation documents and their execution, without any transport."""
