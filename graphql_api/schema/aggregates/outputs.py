"""The types of groups and aggregates.

A group as it was read is flat, its values named by their paths (`sum.unit_price`). A view of it is a place on such
paths, from which each selected field goes a step on.
"""

from dataclasses import dataclass
from typing import Any, Final

from strawberry.annotation import StrawberryAnnotation

from domain.kernel.aggregation import Group
from domain.kernel.description import FieldDescription
from domain.kernel.measures import Function
from domain.kernel.relations import ToOne
from graphql_api.schema.aggregates.offer import (
    COUNT,
    DISTINCT_COUNTS,
    EXTREMES,
    KEY,
    NUMBERS,
    aggregate_name,
    families,
    functions,
    group_name,
    result_type,
)
from graphql_api.schema.derived import NAMESPACE, derived_output
from graphql_api.schema.derived_field import DerivedField, FieldRequest
from graphql_api.schema.exposure import Exposure
from graphql_api.schema.guarding import Guarded
from graphql_api.schema.identity import encode_id
from graphql_api.schema.scalars import camel_case, documented, identifies, scalar, scalar_of

STEP: Final = "step"
IDENTIFIES: Final = "identifies"
VALUE_TYPE: Final = "value_type"
_DESCRIPTIONS: Final = {
    DISTINCT_COUNTS: "How many different values each field of a {} has; what has none does not count.",
    NUMBERS: "A sum or a mean of each number of a {}, as an exact decimal of any size; null where there is no value.",
    EXTREMES: "The smallest or the largest value of each field of a {}; null where there is no value.",
}


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group, or a part of it: the values whose paths start so."""

    group: Group
    prefix: str = ""


class BranchField(DerivedField):
    """A part of a group."""

    def resolve(self, source: GroupView, _request: FieldRequest, /) -> GroupView:
        """Go a step further."""
        return GroupView(source.group, f"{source.prefix}{self.metadata[STEP]}.")


class LeafField(DerivedField):
    """A value of a group."""

    def resolve(self, source: GroupView, _request: FieldRequest, /) -> Any:
        """Find the value."""
        value = source.group[source.prefix + self.metadata[STEP]]
        entity = self.metadata[IDENTIFIES]
        return value if value is None or entity is None else encode_id(entity, value)


def derive_outputs(exposure: Exposure, hides_quietly: bool) -> None:
    """Derive the types of what the things of an entity come to, and of groups of them."""
    entity = exposure.entity.name
    for family, fields in families(exposure).items():
        leaves = [_result(family, key, field, hides_quietly) for key, field in fields.items()]
        derived_output(f"{entity}{family}", f"A value for each field of a {entity} that has one.", leaves)
    derived_output(aggregate_name(entity), f"What things of type {entity} come to, all together.", _measures(exposure))
    key = _branch(KEY, f"{entity}GroupKey", "What the group has in common, as `groupBy` says.")
    derived_output(
        group_name(entity), f"What a group of things of type {entity} comes to.", [key, *_measures(exposure)]
    )
    derived_output(
        f"{entity}GroupKey",
        f"What a group has in common of what is known of a {entity}; null is what has no value. "
        "Only what `groupBy` names can be selected.",
        [*(_key(exposure, key, field) for key, field in exposure.fields.items()), *_relations(exposure)],
    )


def _measures(exposure: Exposure) -> list[DerivedField]:
    parts = functions(exposure).items()
    return [
        _leaf(COUNT, int, int, Function.COUNT.description),
        *(_branch(str(function), name, function.description) for function, name in parts),
    ]


def _result(family: str, key: str, field: FieldDescription, hides_quietly: bool) -> DerivedField:
    result, hidden = result_type(family, field), field.readable_by is not None
    kind = scalar(result)
    always_there = family == DISTINCT_COUNTS and not hidden
    leaf = _leaf(field.name, kind if always_there else kind | None, result, field.description, key=key)
    if hidden:
        leaf.extensions.append(Guarded(field, hides_quietly))
    return leaf


def _key(exposure: Exposure, key: str, field: FieldDescription) -> DerivedField:
    identified = (field.references or exposure.entity.name) if identifies(field) else None
    return _leaf(field.name, scalar_of(field) | None, field.type, documented(field), key=key, identifies=identified)


def _relations(exposure: Exposure) -> list[DerivedField]:
    to_one = ((name, relation) for name, relation in exposure.relations.values() if isinstance(relation, ToOne))
    return [_branch(name, f"{relation.target}GroupKey", relation.description) for name, relation in to_one]


def _leaf(
    name: str, shown: Any, kind: type, description: str, *, key: str | None = None, identifies: str | None = None
) -> LeafField:
    return LeafField(
        python_name=name,
        graphql_name=key or camel_case(name),
        type_annotation=StrawberryAnnotation(shown),
        description=description,
        metadata={STEP: name, VALUE_TYPE: kind, IDENTIFIES: identifies},
    )


def _branch(name: str, kind: str, description: str) -> BranchField:
    return BranchField(
        python_name=name,
        graphql_name=camel_case(name),
        type_annotation=StrawberryAnnotation(kind, namespace=NAMESPACE),
        description=description,
        metadata={STEP: name},
    )
