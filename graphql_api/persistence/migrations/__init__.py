"""The history of the database's shape, a step a file, and the environment that Alembic runs them in."""
