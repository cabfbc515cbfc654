"""Run in a generated project: writes rows again as they were read, and tells of each that is refused or changed."""

import json
import sys
from collections.abc import Iterator
from typing import Any

from graphql import GraphQLInputObjectType, GraphQLNonNull, GraphQLSchema
from starlette.testclient import TestClient

ROWS = 3


class Rewriting:
    """Writes the rows of one entity."""

    def __init__(self, client: TestClient, schema: GraphQLSchema, entity: str) -> None:
        self._client = client
        self._types: Any = schema.type_map
        self._entity = entity
        self._field = next(name for name, one in schema.query_type.fields.items() if one.type is self._types[entity])  # type: ignore[union-attr]

    def faults(self) -> Iterator[str]:
        """Tell what went wrong."""
        taken = self._inputs("Create")
        for row in self._rows([*taken]):
            copy = {name: value for name, value in row.items() if name != "id"}
            answer = self._sent("Create", copy, [*taken])
            made = answer.get(self._field)
            if made is None:
                yield from self._unless_conflict("create", copy, answer)
                continue
            if {**made, "id": None} != {**row, "id": None}:
                yield f"{self._entity}: {copy} was stored as {made}"
            yield from self._changed_and_back(made)
            gone = self._sent("Delete", {"id": made["id"]}, None)
            yield from () if gone.get("deletedId") == made["id"] else self._unless_conflict("delete", made, gone)

    def _changed_and_back(self, row: dict[str, Any]) -> Iterator[str]:
        for name, one in self._inputs("Update").items():
            if row[name] is None or isinstance(one.type, GraphQLNonNull):
                continue
            for value in (None, row[name]):
                answer = self._sent("Update", {"id": row["id"], name: value}, [name])
                changed = answer.get(self._field)
                if changed is None:
                    yield from self._unless_conflict("update", {name: value}, answer)
                elif changed[name] != value:
                    yield f"{self._entity}.{name}: {value} was stored as {changed[name]}"

    def _unless_conflict(self, verb: str, values: Any, answer: dict[str, Any]) -> Iterator[str]:
        # As of a key that is there already, or of a value that may not be absent after all.
        absent = answer.get("code") == "VALIDATION_FAILED" and None in values.values()
        if answer.get("code") != "CONFLICT" and not absent:
            yield f"{self._entity}: {verb} {values}: {answer}"

    def _inputs(self, verb: str) -> dict[str, Any]:
        kind = self._types.get(f"{verb}{self._entity}Input")
        fields = kind.fields if isinstance(kind, GraphQLInputObjectType) else {}
        return {name: one for name, one in fields.items() if name != "id"}

    def _rows(self, names: list[str]) -> list[dict[str, Any]]:
        several = next(
            name
            for name, one in self._types["Query"].fields.items()
            if getattr(getattr(one.type, "of_type", None), "name", "") == f"{self._entity}Connection"
        )
        answer = self._asked(f"{{ a: {several}(first: {ROWS}) {{ nodes {{ id {' '.join(names)} }} }} }}", {})
        rows: list[dict[str, Any]] = answer["data"]["a"]["nodes"]
        return rows

    def _sent(self, verb: str, values: dict[str, Any], shown: list[str] | None) -> dict[str, Any]:
        command = f"{verb.lower()}{self._entity}"
        selection = "deletedId" if shown is None else f"{self._field} {{ id {' '.join(shown)} }}"
        success = f"... on {verb}{self._entity}Success {{ {selection} }}"
        kind = f"{verb}{self._entity}Input!"
        document = f"mutation($i: {kind}) {{ a: {command}(input: $i) {{ {success} ... on Error {{ code message }} }} }}"
        answer = self._asked(document, {"i": values})
        return answer["data"]["a"] if answer.get("data") else {"errors": answer["errors"]}

    def _asked(self, document: str, variables: dict[str, Any]) -> Any:
        return self._client.post("/graphql", json={"query": document, "variables": variables}).json()


if __name__ == "__main__":
    package = sys.argv[1]
    create_app = __import__(f"{package}.app", fromlist=["create_app"]).create_app
    compose_schema = __import__(f"{package}.bootstrap", fromlist=["compose_schema"]).compose_schema
    schema: GraphQLSchema = compose_schema()._schema
    commands = schema.mutation_type.fields if schema.mutation_type else {}
    entities = [name.removeprefix("create") for name in commands if name.startswith("create")]
    with TestClient(create_app()) as client:
        for entity in entities:
            for fault in Rewriting(client, schema, entity).faults():
                sys.stdout.write(f"FAULT {json.dumps(fault, ensure_ascii=False)}\n")
        sys.stdout.write(f"DONE {len(entities)}\n")
