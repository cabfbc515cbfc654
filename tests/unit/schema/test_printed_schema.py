import re
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    get_named_type,
    is_specified_directive,
    is_specified_scalar_type,
    validate_schema,
)
from strawberry.printer import print_schema

from graphql_api.bootstrap import compose_schema
from graphql_api.execution.operations import core_schema

Described = tuple[str, Any]


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return core_schema(compose_schema())


def own_types(schema: GraphQLSchema) -> list[GraphQLNamedType]:
    return [one for one in schema.type_map.values() if not one.name.startswith("__")]


def described(schema: GraphQLSchema) -> Iterator[Described]:
    """Everything that can have a description, by its schema coordinate."""
    for directive in schema.directives:
        if not is_specified_directive(directive):
            yield f"@{directive.name}", directive
            yield from ((f"@{directive.name}({key}:)", each) for key, each in directive.args.items())
    for kind in own_types(schema):
        yield kind.name, kind
        if isinstance(kind, GraphQLEnumType):
            yield from ((f"{kind.name}.{name}", value) for name, value in kind.values.items())
        if isinstance(kind, GraphQLInputObjectType):
            yield from ((f"{kind.name}.{name}", field) for name, field in kind.fields.items())
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for name, field in kind.fields.items():
                yield f"{kind.name}.{name}", field
                yield from ((f"{kind.name}.{name}({key}:)", each) for key, each in field.args.items())


def test_the_schema_is_the_committed_one(pytestconfig: pytest.Config) -> None:
    committed = (pytestconfig.rootpath / "tests" / "schema.graphql").read_text(encoding="utf-8")
    assert print_schema(compose_schema()) + "\n" == committed, (
        "The schema has changed. Where that is meant, run "
        "`uv run graphql-api schema export --output tests/schema.graphql` and commit the file."
    )


def test_the_schema_follows_the_specification(schema: GraphQLSchema) -> None:
    assert validate_schema(schema) == []


def test_what_is_printed_is_the_schema(pytestconfig: pytest.Config, schema: GraphQLSchema) -> None:
    committed = (pytestconfig.rootpath / "tests" / "schema.graphql").read_text(encoding="utf-8")
    read = build_schema(committed)
    assert {place for place, _ in described(read)} == {place for place, _ in described(schema)}


def test_everything_has_a_description_that_is_a_sentence(schema: GraphQLSchema) -> None:
    texts = {place: (thing.description or "") for place, thing in described(schema)}
    standard = {one.name for one in own_types(schema) if is_specified_scalar_type(one)}
    poor = {
        place: text for place, text in texts.items() if place not in standard and not text.rstrip().endswith((".", "?"))
    }
    assert poor == {}


def test_names_are_spelled_as_clients_expect(schema: GraphQLSchema) -> None:
    type_name, member_name = "[A-Z][A-Za-z0-9]*", "[a-z][A-Za-z0-9]*"
    value_name = "[A-Z][A-Z0-9]*(_[A-Z0-9]+)*"
    wrong = [kind.name for kind in own_types(schema) if not re.fullmatch(type_name, kind.name)]
    for place, _ in described(schema):
        kind, _, rest = ("Query", "", place[1:]) if place[0] == "@" else place.partition(".")
        pattern = value_name if isinstance(schema.type_map[kind], GraphQLEnumType) else member_name
        wrong += [place for name in re.split(r"[(:).]+", rest) if name and not re.fullmatch(pattern, name)]
    assert wrong == []


def test_every_mutation_returns_its_success_or_one_of_its_errors(schema: GraphQLSchema) -> None:
    assert schema.mutation_type is not None
    for name, field in schema.mutation_type.fields.items():
        result = get_named_type(field.type)
        assert isinstance(result, GraphQLUnionType), name
        success, *failures = result.types
        command = name[0].upper() + name[1:]
        assert (result.name, success.name) == (f"{command}Result", f"{command}Success")
        assert "ValidationFailed" in {failure.name for failure in failures}
        assert all("Error" in {one.name for one in failure.interfaces} for failure in failures)
        assert list(field.args)[-1] == "idempotencyKey"
        assert {*field.args} & {"input", "where"}


def test_every_entity_can_be_found_filtered_sorted_and_paged(schema: GraphQLSchema) -> None:
    node = schema.type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    entities = [one.name for one in schema.get_possible_types(node)]
    assert len(entities) >= 9
    for entity in entities:
        assert {f"{entity}{kind}" for kind in ("Filter", "ListFilter", "Order", "Connection", "Edge")} <= {
            *schema.type_map,
            f"{entity}ListFilter",
        }
