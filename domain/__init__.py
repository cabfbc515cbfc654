"""The business rules, one folder for each entity, on the standard library alone."""
