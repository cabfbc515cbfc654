"""The generator: writes the slice of an entity, or a whole project over a database."""
