"""What a statement is about, by its text."""

import pytest

from graphql_api.observability.statements import subject


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("SELECT a FROM albums WHERE a = ?", ("SELECT", "albums")),
        ('select a from "albums"', ("SELECT", "albums")),
        ("SELECT o, a FROM unnest($1) AS owners(o) CROSS JOIN LATERAL (SELECT a FROM albums)", ("SELECT", "albums")),
        ("INSERT INTO albums(a) VALUES (?)", ("INSERT", "albums")),
        ("WITH one AS (INSERT INTO events (a) VALUES ($1)) UPDATE albums SET a = $2", ("UPDATE", "albums")),
        ("WITH a AS (SELECT a FROM albums), t AS (SELECT t FROM tracks) SELECT 0, a FROM a", ("SELECT", "albums")),
        ("SELECT 1", ("SELECT", "")),
    ],
)
def test_a_statement_is_about_the_first_table_that_it_names(text: str, about: tuple[str, str]) -> None:
    assert subject(text) == about
