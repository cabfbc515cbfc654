"""Making a believable catalogue up: pure, lazy, and the same for the same arguments."""

from graphql_api.seeding.generation.catalogue import generate

__all__ = ["generate"]
