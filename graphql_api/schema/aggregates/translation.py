"""What an operation wants of groups and aggregates, as the domain's aggregations and measures."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from graphql import GraphQLObjectType, get_argument_values, get_named_type

from domain.kernel.aggregation import Aggregation, Group, GroupKey
from domain.kernel.measures import COUNT, Function, Measure
from domain.kernel.selection import Order, SortKey
from domain.kernel.specification import EVERYTHING, Operand, Specification
from graphql_api.context import ReadLimits, RequestContext
from graphql_api.execution.selected_fields import Nodes, SelectedFields, declaration
from graphql_api.schema.aggregates.having import FUNCTIONS, HavingTranslator
from graphql_api.schema.aggregates.inputs import PERIODS
from graphql_api.schema.aggregates.offer import KEY
from graphql_api.schema.aggregates.outputs import STEP, LeafField
from graphql_api.schema.bad_input import BadInput, Path
from graphql_api.schema.exposure import Exposure
from graphql_api.schema.filters import FilterSize
from graphql_api.schema.guarding import check_readable
from graphql_api.schema.ordering import MEANINGS, MOST_KEYS, SortDirection, operand_of
from graphql_api.schema.pagination import translate_page
from graphql_api.schema.scalars import camel_case
from graphql_api.schema.shaped_filters import translate_filter

Entry = Mapping[str, Any]
Steps = tuple[str, ...]

_FUNCTIONS: Mapping[str, Function] = {str(function): function for function in Function}


def selected_measures(selected: SelectedFields, kind: GraphQLObjectType, nodes: Nodes) -> tuple[Measure, ...]:
    """List what is selected of an aggregate, the type of which is given."""
    return tuple(_measure(steps) for steps in _paths(selected, kind, nodes))


@dataclass(frozen=True, slots=True)
class WantedGroups:
    """The groups that a field asks for: all there are, where `unlimited`."""

    aggregation: Aggregation
    unlimited: bool

    def check(self, groups: Sequence[Group], limits: ReadLimits) -> None:
        """Refuse to leave out groups that nobody said could be left out. Raises BadInput."""
        if self.unlimited and len(groups) > limits.default_page_size:
            raise BadInput(
                ("first",),
                f"is needed, as there are more than {limits.default_page_size} groups; "
                f"ask for up to {limits.max_page_size}, or choose fewer with where or having",
            )


@dataclass(frozen=True, slots=True)
class AggregationTranslator:
    """Translates one field that gives groups of an entity's things."""

    exposure: Exposure
    context: RequestContext
    selected: SelectedFields

    def wanted(self, kind: GraphQLObjectType, nodes: Nodes) -> "WantedGroups":
        """Translate the arguments, and what is selected of each group. Raises BadInput.

        Where the client does not say how many groups it wants, one more than it gets tells whether those were all.
        """
        field = kind.fields[nodes[0].name.value]
        arguments = get_argument_values(field, nodes[0], self.selected.variables)
        size = FilterSize()
        having = HavingTranslator(self.context, size)
        keys = self._keys(_entries(arguments, "groupBy"))
        measures, order = self._order(_entries(arguments, "orderBy"), keys)
        paths = list(_paths(self.selected, cast(GraphQLObjectType, get_named_type(field.type)), nodes))
        _check_selected([steps[1:] for steps in paths if steps[0] == KEY], keys)
        kept = (
            having.specification(self.exposure, arguments["having"], ("having",))
            if "having" in arguments
            else EVERYTHING
        )
        wanted = [_measure(steps) for steps in paths if steps[0] != KEY]
        page = translate_page(self.exposure, (), arguments, self.context, ())
        unlimited = arguments.get("first") is None
        aggregation = Aggregation(
            where=self._where(arguments, size),
            keys=keys,
            measures=tuple(dict.fromkeys((*wanted, *measures, *having.measures))),
            having=kept,
            order=order,
            limit=page.size + unlimited,
        )
        return WantedGroups(aggregation, unlimited)

    def _where(self, arguments: Entry, size: FilterSize) -> Specification:
        if "where" not in arguments:
            return EVERYTHING
        return translate_filter(self.exposure, arguments["where"], self.context, ("where",), size)

    def _keys(self, entries: Sequence[Entry]) -> tuple[GroupKey, ...]:
        keys: dict[str, GroupKey] = {}
        for place, entry in enumerate(entries):
            path: Path = ("groupBy", place)
            operand, grouping = operand_of(self.exposure, entry, self.context, path)
            key = GroupKey(operand, PERIODS.get(grouping))
            if str(key) in keys:
                raise BadInput(path, "groups a second time by the same; leave one of them out")
            keys[str(key)] = key
        return tuple(keys.values())

    def _order(self, entries: Sequence[Entry], keys: Sequence[GroupKey]) -> tuple[list[Measure], Order]:
        """Translate the order; what it sorts by has to be measured too."""
        measures: list[Measure] = []
        order: dict[Operand, SortKey] = {}
        for place, entry in enumerate(entries):
            sorted_by, direction = self._sorted_by(entry, ("orderBy", place), keys)
            measures += [sorted_by] if isinstance(sorted_by, Measure) else []
            order.setdefault(str(sorted_by), SortKey(str(sorted_by), *MEANINGS[SortDirection(direction)]))
        return measures, tuple(order.values())

    def _sorted_by(self, entry: Entry, path: Path, keys: Sequence[GroupKey]) -> tuple[Measure | GroupKey, Any]:
        # GraphQL has made sure that there is just one key, here and within, whose value is not null.
        ((name, value),) = entry.items()
        if name == KEY:
            operand, direction = operand_of(self.exposure, value, self.context, (*path, name))
            key = next((key for key in keys if key.operand == operand), None)
            if key is None:
                raise BadInput((*path, name), "is not what the groups have in common; name it in groupBy")
            return key, direction
        if FUNCTIONS[name] is Function.COUNT:
            return COUNT, value
        ((inner, direction),) = value.items()
        field = self.exposure.fields[inner]
        check_readable(field, self.context.viewer, (*path, name, inner))
        return Measure(FUNCTIONS[name], field.name), direction


def _entries(arguments: Entry, name: str) -> Sequence[Entry]:
    if name not in arguments:
        return ()
    value: Sequence[Entry] | None = arguments[name]
    if value is None:
        raise BadInput((name,), "null means nothing here; leave it out")
    if not value:
        raise BadInput((name,), "the list is empty; leave it out")
    if len(value) > MOST_KEYS:
        raise BadInput((name,), f"has {len(value)} keys, at most {MOST_KEYS} are allowed")
    return value


def _paths(selected: SelectedFields, kind: GraphQLObjectType, nodes: Nodes, steps: Steps = ()) -> Iterator[Steps]:
    """Yield the path of each value that is selected of a group."""
    for name, group in selected.merged_subfields(kind, nodes):
        declared = declaration(kind, name)
        if declared is None:
            continue
        path = (*steps, declared.metadata[STEP])
        if isinstance(declared, LeafField):
            yield path
        else:
            yield from _paths(selected, cast(GraphQLObjectType, get_named_type(kind.fields[name].type)), group, path)


def _measure(steps: Steps) -> Measure:
    return Measure(_FUNCTIONS[steps[0]], *steps[1:])


def _check_selected(paths: Sequence[Steps], keys: Sequence[GroupKey]) -> None:
    named = {str(key.operand) for key in keys}
    for steps in paths:
        if ".".join(steps) not in named:
            missing = ".".join(map(camel_case, steps))
            raise BadInput(
                ("groupBy",), f"does not name {missing}, which is selected of the key; add it, or select less"
            )
