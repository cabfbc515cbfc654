"""Filters: an input type for each entity, derived, and their translation to specifications.

`null` and `{}` are errors: read as "no condition" they would silently widen what they filter.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from domain.kernel.description import FieldDescription
from domain.kernel.relations import ToMany
from domain.kernel.specification import (
    ComparisonOperator,
    Quantifier,
    RelationSpecification,
    Specification,
    and_,
    bind,
    not_,
    or_,
    where,
)
from domain.kernel.specification.binding import UnsuitableType, UnsuitableValue
from graphql_api.schema.bad_input import BadInput, Path
from graphql_api.schema.derived import derived_input, optional
from graphql_api.schema.exposure import EXPOSED, Exposure
from graphql_api.schema.identity import MalformedId, decode_id_of
from graphql_api.schema.operators import NOT_IN, operator_input

AND, OR, NOT = "and", "or", "not"
QUANTIFIERS: Mapping[str, tuple[Quantifier, str]] = {
    "some": (Quantifier.SOME, "At least one of them satisfies this."),
    "none": (Quantifier.NONE, "None of them satisfies this."),
    "every": (Quantifier.EVERY, "All of them satisfy this; also true where there are none."),
}


def filter_name(entity: str) -> str:
    """Name the filter of an entity."""
    return f"{entity}Filter"


def list_filter_name(entity: str) -> str:
    """Name the filter over a relation to many of an entity."""
    return f"{entity}ListFilter"


def derive_filter(exposure: Exposure) -> None:
    """Derive the filter of an entity, and that of lists of it, from what the API shows of it."""
    entity = exposure.entity.name
    name = filter_name(entity)
    derived_input(
        name,
        f"Chooses among things of type {entity}. Several keys must all be true.",
        [
            optional(AND, f"list[{name}]", "All of these are true."),
            optional(OR, f"list[{name}]", "At least one of these is true."),
            optional(NOT, name, "This is not true."),
            *(optional(key, operator_input(field.type), field.description) for key, field in exposure.fields.items()),
            *(
                optional(
                    key, (list_filter_name if isinstance(relation, ToMany) else filter_name)(relation.target), text
                )
                for key, (_, relation) in exposure.relations.items()
                for text in [relation.description]
            ),
        ],
    )
    derived_input(
        list_filter_name(entity),
        f"Chooses by related things of type {entity}. Several keys must all be true.",
        [optional(key, name, text) for key, (_, text) in QUANTIFIERS.items()],
    )


class FilterTranslator:
    """Translates filters, as GraphQL coerced them, to specifications (requirement S.3)."""

    def __init__(self, resolve: Callable[[str], Any], max_in_list: int) -> None:
        self._resolve = resolve
        self._max_in_list = max_in_list

    def specification(self, exposure: Exposure, value: object, path: Path) -> Specification:
        """Translate the filter of an entity. Raises BadInput, naming the path of what means nothing."""
        parts = [self._part(exposure, key, part, (*path, key)) for key, part in _entries(value, path)]
        return parts[0] if len(parts) == 1 else and_(*parts)

    def _part(self, exposure: Exposure, key: str, value: object, path: Path) -> Specification:
        if key in {AND, OR}:
            parts = (self.specification(exposure, part, (*path, at)) for at, part in enumerate(_members(value, path)))
            return (and_ if key == AND else or_)(*parts)
        if key == NOT:
            return not_(self.specification(exposure, value, path))
        if key in exposure.fields:
            return self._comparisons(exposure, exposure.fields[key], value, path)
        return self._relation(exposure, key, value, path)

    def _relation(self, exposure: Exposure, key: str, value: object, path: Path) -> Specification:
        name, relation = exposure.relations[key]
        target = EXPOSED[relation.target]
        if not isinstance(relation, ToMany):
            return RelationSpecification(name, Quantifier.ONE, self.specification(target, value, path))
        parts = [
            RelationSpecification(name, QUANTIFIERS[word][0], self.specification(target, part, (*path, word)))
            for word, part in _entries(value, path)
        ]
        return parts[0] if len(parts) == 1 else and_(*parts)

    def _comparisons(self, exposure: Exposure, field: FieldDescription, value: object, path: Path) -> Specification:
        parts = [self._comparison(exposure, field, word, part, (*path, word)) for word, part in _entries(value, path)]
        return parts[0] if len(parts) == 1 else and_(*parts)

    def _comparison(
        self, exposure: Exposure, field: FieldDescription, word: str, value: Any, path: Path
    ) -> Specification:
        negated = word == NOT_IN
        operator = ComparisonOperator.IN if negated else ComparisonOperator(word)
        if isinstance(value, list) and len(value) > self._max_in_list:
            raise BadInput(path, f"the list has {len(value)} members, at most {self._max_in_list} are allowed")
        comparable = _comparable(exposure, field, operator, value, path)
        try:
            comparison = bind(where(field.name, operator, comparable), exposure.entity, self._resolve)
        except (UnsuitableValue, UnsuitableType) as error:
            raise BadInput(path, error.fault) from error
        return not_(comparison) if negated else comparison


def _comparable(
    exposure: Exposure, field: FieldDescription, operator: ComparisonOperator, value: Any, path: Path
) -> Any:
    """Read identities; everything else GraphQL has read already."""
    target = exposure.entity.name if field.name == "id" else field.references
    if target is None or operator is ComparisonOperator.IS_NULL:
        return value
    try:
        return [decode_id_of(target, one) for one in value] if isinstance(value, list) else decode_id_of(target, value)
    except MalformedId as error:
        raise BadInput(path, str(error)) from error


def _entries(value: object, path: Path) -> Iterator[tuple[str, object]]:
    """Yield the entries of an input object, refusing one that says nothing."""
    if not isinstance(value, Mapping) or not value:
        raise BadInput(path, "says nothing; leave it out, or give it a condition")
    for key, entry in value.items():
        if entry is None:
            raise BadInput((*path, key), "null means nothing here; leave it out, or ask with isNull")
        yield key, entry


def _members(value: object, path: Path) -> list[object]:
    if not isinstance(value, list) or not value:
        raise BadInput(path, "the list is empty; leave it out, or give it conditions")
    return value
