"""Settings of what operations may do, and of how they are carried out."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from graphql_api.settings.auth import RoleOrEverybody
from graphql_api.settings.section import ALLOWED, BY_ENVIRONMENT, SPLIT_AT_COMMAS, Section, switch

Execution = Literal["compiled", "reference"]
Accepted = Literal["any", "trusted_only"]


class GraphQLSettings(Section):
    """What an operation may ask for."""

    introspection: Annotated[bool, switch("Answer questions about the schema.", production=False)] = True
    max_page_size: Annotated[
        int,
        Field(ge=1, le=100_000, description="The most rows that one page may ask for."),
    ] = 1000
    default_page_size: Annotated[
        int, Field(ge=1, le=100_000, description="Rows in a page that does not say how many; at most max_page_size.")
    ] = 50
    max_depth: Annotated[int, Field(ge=1, le=100, description="How deep the fields of an operation may nest.")] = 12
    max_aliases: Annotated[int, Field(ge=0, le=10_000, description="The most aliases in one operation.")] = 30
    max_root_fields: Annotated[
        int, Field(ge=1, le=10_000, description="The most fields at the top of one operation.")
    ] = 20
    max_tokens: Annotated[int, Field(ge=1, le=1_000_000, description="The most tokens in one document.")] = 2000
    max_cost: Annotated[
        int,
        Field(
            ge=1,
            le=1_000_000_000_000,
            description="The most that one operation may cost, as estimated before it runs: 1 for each value that its "
            "pages can hold, 100 for each statement and each relation in a filter, 10 for each condition.",
        ),
    ] = 200_000
    max_running_cost: Annotated[
        int,
        Field(
            ge=1,
            le=1_000_000_000_000,
            description="What large queries may cost together that one process answers at once; the others wait their "
            "turn. Each value of an answer takes about 250 bytes of memory.",
        ),
    ] = 1_000_000
    max_filter_conditions: Annotated[int, Field(ge=1, le=10_000, description="The most conditions in one filter.")] = (
        200
    )
    max_filter_relations: Annotated[
        int,
        Field(
            ge=0,
            le=10,
            description="How many relations a filter may follow one within the other. "
            "The time that PostgreSQL takes to plan can double with each.",
        ),
    ] = 5
    cursor_secret: Annotated[
        SecretStr | None,
        Field(
            min_length=16,
            description="What cursors are sealed with; unset, it follows from the database URL.",
            json_schema_extra={ALLOWED: "a text of at least 16 characters"},
        ),
    ] = None
    max_in_list: Annotated[int, Field(ge=1, le=30_000, description="The most values in one `in` filter.")] = 1000
    execution: Annotated[
        Execution,
        Field(
            description="compiled answers queries by plans where it can and by Strawberry's own execution elsewhere; "
            "reference answers all of them by the latter, with the same results."
        ),
    ] = "compiled"
    explain_to: Annotated[
        tuple[RoleOrEverybody, ...],
        Field(
            max_length=100,
            description="Who may see what is behind an answer with the header GraphQL-Explain: 1, as the explorer "
            "does: specifications with the policies of the viewer, statements with their values, and their plans.",
            json_schema_extra={
                ALLOWED: "a list of roles such as staff, or *; in a variable separated by commas",
                BY_ENVIRONMENT: {"development": ["*"]},
            },
        ),
        SPLIT_AT_COMMAS,
    ] = ()
    operation_cache_size: Annotated[
        int, Field(ge=1, le=1_000_000, description="How many parsed and validated documents are kept.")
    ] = 1000
    documents: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=1_000,
            description="Documents that clients may ask for by their ids: a folder of .graphql files, or a JSON file "
            "as client code generators write it.",
            json_schema_extra={ALLOWED: "the path of a folder or of a file"},
        ),
    ] = None
    accept: Annotated[
        Accepted,
        Field(description="any answers every document, trusted_only those of graphql.documents and no others."),
    ] = "any"
    persisted_documents: Annotated[
        int,
        Field(
            ge=0,
            le=1_000_000,
            description="How many documents that clients sent with their hash are remembered, for whoever then sends "
            "the hash alone; with 0 none are.",
        ),
    ] = 1000
    shared_documents: Annotated[
        int,
        Field(
            ge=0,
            le=1_000_000,
            description="How many of these are kept in redis.url too, where that is set, for all processes: each in a "
            "place of 16,384 bytes at most, which the next one that is led there takes; with 0 none are.",
        ),
    ] = 4096
    shared_documents_ttl: Annotated[
        float,
        Field(ge=1, le=31_536_000, description="Seconds that a document is kept there after a process first met it."),
    ] = 604_800

    @field_validator("accept")
    @classmethod
    def _know_what_to_trust(cls, value: Accepted, info: ValidationInfo) -> Accepted:
        if value == "trusted_only" and info.data.get("documents") is None:
            raise ValueError("graphql.documents does not say which documents are trusted, so none would be answered")
        return value

    @field_validator("default_page_size")
    @classmethod
    def _fit_the_largest_page(cls, value: int, info: ValidationInfo) -> int:
        largest = info.data.get("max_page_size", value)
        if value > largest:
            raise ValueError(f"it is more than graphql.max_page_size, {largest}")
        return value
