"""Filters: an input type for each entity, derived, and their translation to specifications.

`null` and `{}` are errors: read as "no condition" they would silently widen what they filter.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.kernel.relations import Relation, ToMany
from domain.kernel.specification import (
    ComparisonOperator,
    Quantifier,
    RelationSpecification,
    Specification,
    and_,
    not_,
    or_,
)
from domain.kernel.viewer import Viewer
from graphql_api.context import ReadLimits
from graphql_api.execution.shaped_inputs import ShapedInput
from graphql_api.observability.limits import FILTER_CONDITIONS, FILTER_RELATIONS, LIST_SIZE
from graphql_api.schema.bad_input import BadInput, Path
from graphql_api.schema.comparing import Comparison, Comparisons
from graphql_api.schema.derived import derived_input, optional
from graphql_api.schema.exposure import EXPOSED, Exposure
from graphql_api.schema.guarding import check_readable
from graphql_api.schema.operators import operator_input
from graphql_api.schema.scalars import identifies

AND, OR, NOT = "and", "or", "not"
LOGIC = frozenset({AND, OR, NOT})
DEEPEST_PATH = 60
# PostgreSQL takes 32,767 parameters in one statement; the rest is for whatever else the statement asks.
MOST_VALUES = 30_000
QUANTIFIERS: Mapping[str, tuple[Quantifier, str]] = {
    "some": (Quantifier.SOME, "At least one of them satisfies this."),
    "none": (Quantifier.NONE, "None of them satisfies this."),
    "every": (Quantifier.EVERY, "All of them satisfy this; also true where there are none."),
}
# What is said with these has no value that could be absent.
_WITHOUT_ABSENCE = LOGIC | QUANTIFIERS.keys() | {ComparisonOperator.IS_NULL.value}


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
            *(
                optional(key, operator_input(field.type, identity=identifies(field)), field.description)
                for key, field in exposure.fields.items()
            ),
            *(
                optional(key, _relation_filter_name(relation), relation.description)
                for key, (_, relation) in exposure.relations.items()
            ),
            *(
                optional(key, operator_input(int), f"How many there are: {exposure.entity.relations[name].description}")
                for key, name in exposure.counts.items()
            ),
        ],
    )
    derived_input(
        list_filter_name(entity),
        f"Chooses by related things of type {entity}. Several keys must all be true.",
        [optional(key, name, text) for key, (_, text) in QUANTIFIERS.items()],
    )


def _relation_filter_name(relation: Relation) -> str:
    return list_filter_name(relation.target) if isinstance(relation, ToMany) else filter_name(relation.target)


@dataclass(slots=True)
class FilterSize:
    """How much the filters of one statement compare."""

    conditions: int = 0
    values: int = 0


class FilterTranslator:
    """Translates one filter, as GraphQL coerced it, to a specification (requirement S.3)."""

    def __init__(self, limits: ReadLimits, viewer: Viewer, size: FilterSize | None = None) -> None:
        """Start; `size` is that of the filters which go into the same statement."""
        self._limits = limits
        self._viewer = viewer
        self.size = size or FilterSize()

    def specification(self, exposure: Exposure, value: object, path: Path, relations: int = 0) -> Specification:
        """Translate the filter of an entity that is `relations` away from where the filter starts.

        Raises BadInput, naming the path of what means nothing or is too much.
        """
        if type(value) is ShapedInput:
            value = value.whole
        if len(path) > DEEPEST_PATH:
            raise BadInput(path[:DEEPEST_PATH], "the filter nests too deeply; combine its parts on fewer levels")
        return all_of([self._part(exposure, key, part, (*path, key), relations) for key, part in entries(value, path)])

    def _part(self, exposure: Exposure, key: str, value: object, path: Path, relations: int) -> Specification:
        if key in {AND, OR}:
            parts = [
                self.specification(exposure, part, (*path, place), relations)
                for place, part in enumerate(_members(value, path))
            ]
            return (and_ if key == AND else or_)(*parts)
        if key == NOT:
            return not_(self.specification(exposure, value, path, relations))
        if (comparisons := exposure.comparisons.get(key)) is not None:
            if key in exposure.guarded:
                check_readable(exposure.fields[key], self._viewer, path)
            return self._compared(comparisons, value, path)
        return self._relation(exposure, key, value, path, relations + 1)

    def _compared(self, comparisons: Comparisons, value: object, path: Path) -> Specification:
        parts = []
        for word, part in entries(value, path):
            place = (*path, word)
            self._count(part, place)
            parts.append(self.comparison(comparisons[word], part, place))
        return all_of(parts)

    def comparison(self, comparison: Comparison, value: object, path: Path) -> Specification:
        """Compare with a value. Raises BadInput."""
        return comparison.specification(value, path)

    def _relation(self, exposure: Exposure, key: str, value: object, path: Path, relations: int) -> Specification:
        if relations > self._limits.max_filter_relations:
            most = self._limits.max_filter_relations
            raise BadInput(path, f"follows more than {most} relations one within the other", FILTER_RELATIONS)
        name, relation = exposure.relations[key]
        target = EXPOSED[relation.target]
        if not isinstance(relation, ToMany):
            part = self.specification(target, value, path, relations)
            return RelationSpecification(name, Quantifier.ONE, part)
        parts = [
            (QUANTIFIERS[word][0], self.specification(target, part, (*path, word), relations))
            for word, part in entries(value, path)
        ]
        return all_of([RelationSpecification(name, quantifier, part) for quantifier, part in parts])

    def _count(self, value: object, path: Path) -> None:
        size, limits = self.size, self._limits
        values = len(value) if isinstance(value, list) else 1
        size.conditions += 1
        size.values += values
        if size.conditions > limits.max_filter_conditions:
            most = limits.max_filter_conditions
            raise BadInput(path, f"the filter has more than {most} conditions", FILTER_CONDITIONS)
        if size.values > MOST_VALUES:
            raise BadInput(path, f"the filter compares with more than {MOST_VALUES} values")
        if values > limits.max_in_list and isinstance(value, list):
            raise BadInput(path, f"the list has {values} members, at most {limits.max_in_list} are allowed", LIST_SIZE)


def all_of(parts: Sequence[Specification]) -> Specification:
    """Require every part."""
    return parts[0] if len(parts) == 1 else and_(*parts)


def entries(value: object, path: Path) -> Iterable[tuple[str, object]]:
    """Give the entries of an input object, refusing one that says nothing."""
    if not (type(value) is dict or isinstance(value, Mapping)) or not value:
        raise BadInput(path, "says nothing; leave it out, or give it a condition")
    if None in value.values():
        absent = next(key for key, entry in value.items() if entry is None)
        instead = "" if absent in _WITHOUT_ABSENCE else ", or ask with isNull"
        raise BadInput((*path, absent), f"null means nothing here; leave it out{instead}")
    return value.items()


def _members(value: object, path: Path) -> list[object]:
    if not isinstance(value, list) or not value:
        raise BadInput(path, "the list is empty; leave it out, or give it conditions")
    return value
