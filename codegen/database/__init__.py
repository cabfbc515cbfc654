"""Entities from a database that is there already: reading it, and naming what it has."""
