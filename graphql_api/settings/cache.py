"""What is kept of answers, and for how long."""

from typing import Annotated

from pydantic import Field

from graphql_api.settings.section import BY_ENVIRONMENT, Section


class CacheSettings(Section):
    """How answers to queries are kept."""

    enabled: Annotated[
        bool,
        Field(
            description="Keep answers as long as they are right. Only for a database whose rows nobody else changes: "
            "what is written past this server shows after ttl seconds."
        ),
    ] = False
    tell: Annotated[
        bool,
        Field(
            description="Tell every client in extensions.cache where each root field of a query came from: whether it "
            "was kept, its age and key, or why it was not.",
            json_schema_extra={BY_ENVIRONMENT: {"development": True}},
        ),
    ] = False
    ttl: Annotated[
        float, Field(gt=0, le=86_400, description="Seconds that an answer is kept at most, whatever happens.")
    ] = 60
    max_entries: Annotated[
        int, Field(ge=1, le=10_000_000, description="The most answers that one process keeps in memory.")
    ] = 10_000
    max_bytes: Annotated[
        int, Field(ge=100_000, le=1_000_000_000_000, description="The most memory that one process keeps them in.")
    ] = 64_000_000
    max_lag: Annotated[
        float,
        Field(
            gt=0,
            le=60,
            description="Seconds without word of what other processes changed, after which nothing kept is used.",
        ),
    ] = 3
    shared: Annotated[
        bool,
        Field(
            description="Keep answers in redis.url too, where that is set, for all processes of the same code on the "
            "same database. They are sealed, not encrypted."
        ),
    ] = False
    shared_timeout: Annotated[
        float, Field(gt=0, le=10, description="Seconds that one look at what is shared may take.")
    ] = 0.1
    shared_failures: Annotated[
        int, Field(ge=1, le=1_000, description="Failed looks in a row after which what is shared is left alone.")
    ] = 3
    shared_pause: Annotated[
        float, Field(gt=0, le=60, description="Seconds between the looks that are tried then, until one succeeds.")
    ] = 1
    lease: Annotated[
        float,
        Field(
            gt=0,
            le=60,
            description="Seconds that other processes wait, at most, for the one that works out a shared answer.",
        ),
    ] = 1
