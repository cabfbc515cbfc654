"""Data to start with: a made-up catalogue of any size, or the Chinook sample database."""

from graphql_api.seeding.errors import (
    CatalogueInUse,
    DatabaseBusy,
    DatabaseNotEmpty,
    LoadIncomplete,
    SeedingError,
    SourceUnusable,
)
from graphql_api.seeding.filling import Report, is_empty, load_chinook, seed_catalogue, seed_if_empty
from graphql_api.seeding.tally import Summary

__all__ = [
    "CatalogueInUse",
    "DatabaseBusy",
    "DatabaseNotEmpty",
    "LoadIncomplete",
    "Report",
    "SeedingError",
    "SourceUnusable",
    "Summary",
    "is_empty",
    "load_chinook",
    "seed_catalogue",
    "seed_if_empty",
]
