"""The fixtures of migrated databases."""

from tests.support.databases import database, engine, postgres_template, sqlite_template

__all__ = ["database", "engine", "postgres_template", "sqlite_template"]
