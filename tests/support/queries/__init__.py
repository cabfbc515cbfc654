"""Operations, generated from a schema: valid documents with variables, though they may well fail when they run."""

from tests.support.queries.documents import Operation, mutations, queries

__all__ = ["Operation", "mutations", "queries"]
