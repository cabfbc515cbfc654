"""Filters of groups, as specifications over their measures."""

from collections.abc import Mapping
from typing import Final

from domain.kernel.aggregation import Aggregation, describe_groups
from domain.kernel.measures import COUNT, Function, Measure
from domain.kernel.specification import Specification
from graphql_api.context import RequestContext
from graphql_api.schema.bad_input import Path
from graphql_api.schema.comparing import Comparisons
from graphql_api.schema.exposure import Exposure, entity_named
from graphql_api.schema.filters import LOGIC, FilterSize, FilterTranslator, all_of, entries
from graphql_api.schema.guarding import check_readable
from graphql_api.schema.scalars import camel_case

FUNCTIONS: Final[Mapping[str, Function]] = {camel_case(function): function for function in Function}


class HavingTranslator(FilterTranslator):
    """Translates one filter of groups, and gathers what it needs measured."""

    def __init__(self, context: RequestContext, size: FilterSize) -> None:
        super().__init__(context.limits, context.viewer, size)
        self.measures: dict[Measure, None] = {}

    def _part(self, exposure: Exposure, key: str, value: object, path: Path, relations: int) -> Specification:
        if key in LOGIC:
            return super()._part(exposure, key, value, path, relations)
        if FUNCTIONS[key] is Function.COUNT:
            return self._measured(exposure, COUNT, value, path)
        return all_of([self._of_field(exposure, key, name, part, (*path, name)) for name, part in entries(value, path)])

    def _of_field(self, exposure: Exposure, key: str, name: str, value: object, path: Path) -> Specification:
        field = exposure.fields[name]
        check_readable(field, self._viewer, path)
        return self._measured(exposure, Measure(FUNCTIONS[key], field.name), value, path)

    def _measured(self, exposure: Exposure, measure: Measure, value: object, path: Path) -> Specification:
        self.measures[measure] = None
        groups = describe_groups(Aggregation(measures=(measure,)), exposure.entity)
        return self._compared(Comparisons(groups, str(measure), entity_named), value, path)
