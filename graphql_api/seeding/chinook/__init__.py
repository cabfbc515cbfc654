"""Reading the Chinook sample database, a SQLite file with the catalogue and the sales of a real music store."""

from graphql_api.seeding.chinook.reading import read_chinook

__all__ = ["read_chinook"]
