"""Rows of entities, finished: their columns, computed fields and relations under their response keys."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import iscoroutinefunction, signature
from typing import Any, cast

from graphql import GraphQLNonNull, GraphQLObjectType, GraphQLOutputType, get_named_type
from strawberry.types.field import StrawberryField

from domain.kernel.description import FieldDescription
from domain.kernel.records import BY_NAME, Record, Slice
from domain.kernel.relations import ToMany
from domain.kernel.selection import Written
from graphql_api.execution.plans import IrregularAnswer, NotPlannable
from graphql_api.execution.selected_fields import Nodes, SelectedFields, declaration
from graphql_api.schema.exposure import EXPOSED, Exposure
from graphql_api.schema.plans.connections import ConnectionShape
from graphql_api.schema.plans.groups import GroupShape
from graphql_api.schema.plans.guards import check_extensions
from graphql_api.schema.plans.leaves import leaf, text_leaf
from graphql_api.schema.plans.writing import Batch, FunctionWriter, dictionary
from graphql_api.schema.selection import relation_key
from graphql_api.schema.shown import LASTING, MEASURES, REQUIRES, written

EntityFinisher = Callable[[Record | None, bytes], Mapping[str, Any] | None]
ConnectionFinisher = Callable[[Slice, bytes], Mapping[str, Any]]


def entity_finisher(
    writer: FunctionWriter, selected: SelectedFields, exposure: Exposure, nodes: Nodes
) -> EntityFinisher:
    """Compile a function that finishes one record, or its absence. Raises NotPlannable."""
    batch = Batch(writer)
    written = EntityShape(writer, selected).present(batch, exposure, nodes)
    present = writer.function("v, l, c, key", written, batch.lines)
    found = f"{present}(r.values, r.leads, {writer.constant(BY_NAME)}, key)"
    return writer.compiled(writer.function("r, key", f"None if r is None else {found}"))


def connection_finisher(
    writer: FunctionWriter, selected: SelectedFields, exposure: Exposure, connection: GraphQLObjectType, nodes: Nodes
) -> ConnectionFinisher:
    """Compile a function that finishes a slice, given the key that seals cursors. Raises NotPlannable."""
    batch = Batch(writer)
    shape = ConnectionShape(writer, selected, exposure, EntityShape(writer, selected).present, outermost=True)
    members = shape.members(batch, connection, nodes)
    return writer.compiled(writer.function("s, key", members, [*_places("s.records"), *batch.lines]))


@dataclass(frozen=True, slots=True)
class EntityShape:
    """Writes expressions that finish rows, which are named `v`, with what their leads `l` lead to.

    What a relation leads to is finished by a function of its own, for all rows at once, and found by the rows.
    """

    writer: FunctionWriter
    selected: SelectedFields

    def present(self, batch: Batch, exposure: Exposure, nodes: Nodes) -> str:
        """Write a row."""
        kind = cast(GraphQLObjectType, self.selected.schema.get_type(exposure.entity.name))
        selected = self.selected.by_response_key(kind, nodes)
        return dictionary({key: self._member(batch, exposure, kind, group) for key, group in selected.items()})

    def _member(self, batch: Batch, exposure: Exposure, kind: GraphQLObjectType, nodes: Nodes) -> str:
        name = nodes[0].name.value
        field = declaration(kind, name)
        if field is None:
            return repr(kind.name)
        check_extensions(self.writer, field)
        shown = kind.fields[name].type
        if field.python_name in exposure.entity.relations:
            return self._related(batch, exposure, field.python_name, nodes, shown)
        if MEASURES in field.metadata:
            aggregate = cast(GraphQLObjectType, get_named_type(shown))
            group = GroupShape(self.writer, self.selected).members(aggregate, nodes, "g")
            found = f"{{id: {group} for id, g in ((None, lead.otherwise), *lead.found.items())}}"
            return batch.by_identity(self.writer.function("lead, key", found), relation_key(nodes))
        form = written(exposure.entity, field, shown)
        if form is None and REQUIRES in field.metadata:
            return self._computed(exposure, field, shown)
        return self._column(batch, exposure.entity.fields[form.field if form else field.python_name], form, shown)

    def _column(self, batch: Batch, field: FieldDescription, form: Written | None, shown: GraphQLOutputType) -> str:
        if field.many:
            raise NotPlannable(field.name)
        if form is not None:
            return text_leaf(self.writer, batch.column(str(form)), field.type, field.nullable, shown)
        return leaf(self.writer, batch.column(field.name), field.type, field.nullable, shown)

    def _computed(self, exposure: Exposure, field: StrawberryField, shown: GraphQLOutputType) -> str:
        self.writer.lasting &= field.metadata[LASTING]
        record = f"{self.writer.constant(Record)}({exposure.entity.name!r}, v, l)"
        value = f"{self.writer.constant(_method(field))}({record})"
        # Its GraphQL type says what it gives; what does not fit is found when it is written.
        return leaf(self.writer, value, object, not isinstance(shown, GraphQLNonNull), shown)

    def _related(self, batch: Batch, exposure: Exposure, name: str, nodes: Nodes, shown: GraphQLOutputType) -> str:
        relation = exposure.entity.relations[name]
        target, below = EXPOSED[relation.target], Batch(self.writer)
        if isinstance(relation, ToMany):
            connection = cast(GraphQLObjectType, get_named_type(shown))
            shape = ConnectionShape(self.writer, self.selected, target, self.present, outermost=False)
            members = shape.members(below, connection, nodes)
            if shape.needs_rows_alone(connection, nodes):
                found = f"{{id: {members} for id, rows in ((None, ()), *lead.found.items())}}"
            else:
                slices = "((None, lead.nothing), *lead.slices().items())"
                found = f"{{id: {members} for id, s in {slices} for rows in [s.records.rows]}}"
            each = self.writer.function("lead, key", found, [*_places("lead.nothing.records"), *below.lines])
            return batch.by_identity(each, relation_key(nodes))
        things = f"{{id: {self.present(below, target, nodes)} for id, v in lead.found.items()}}"
        each = self.writer.function("lead, key", things, [*_places("lead.things"), *below.lines])
        found = batch.by_key(each, relation_key(nodes), relation.via)
        return f"({found} or irregular())" if isinstance(shown, GraphQLNonNull) else found


def _places(records: str) -> list[str]:
    """Name what the rows of some records have in common."""
    return [f"l = {records}.leads", f"c = {records}.columns"]


def _method(field: StrawberryField) -> Callable[[Record], Any]:
    """Take the function of a computed field that looks at nothing but its record. Raises NotPlannable."""
    function: Any = field.base_resolver.wrapped_func if field.base_resolver else None
    if function is None or iscoroutinefunction(function) or len(signature(function).parameters) != 1:
        raise NotPlannable(field.python_name)

    def compute(record: Record) -> Any:
        try:
            return function(record)
        except Exception as error:
            raise IrregularAnswer from error

    return compute
