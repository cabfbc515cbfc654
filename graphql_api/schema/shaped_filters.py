"""Filters, translated: those that were taken apart by what was found out of their shape once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from sys import maxsize
from typing import Any, Final

from domain.kernel.specification import Place, Specification, SpecificationShape
from domain.kernel.viewer import ANONYMOUS
from graphql_api.context import ReadLimits, RequestContext
from graphql_api.execution.shaped_inputs import MOST_SHAPES, InputShape, ShapedInput
from graphql_api.schema.bad_input import BadInput, Path
from graphql_api.schema.comparing import UNSUITABLE, Comparison
from graphql_api.schema.exposure import Exposure
from graphql_api.schema.filters import DEEPEST_PATH, MOST_VALUES, FilterSize, FilterTranslator

_BOUNDLESS: Final = ReadLimits(maxsize, maxsize, maxsize, maxsize, maxsize)


def translate_filter(
    exposure: Exposure, value: object, context: RequestContext, path: Path, size: FilterSize | None = None
) -> Specification:
    """Translate the filter of an entity; `size` is that of the filters which go into the same statement.

    Raises BadInput, naming the path of what means nothing or is too much.
    """
    size = size or FilterSize()
    if type(value) is ShapedInput:
        known = _known(value.shape, exposure)
        specification = None if known is None else known.filled(value, context.limits, path, size)
        if specification is not None:
            return specification
    return FilterTranslator(context.limits, context.viewer, size).specification(exposure, value, path)


@dataclass(frozen=True, slots=True, eq=False)
class KnownFilter:
    """What filters of a shape come to, what makes the values that they compare with, and how large they are."""

    shape: SpecificationShape
    reads: Sequence[Callable[[Any], Any]]
    size: FilterSize
    relations: int
    depth: int

    def filled(self, given: ShapedInput, limits: ReadLimits, path: Path, size: FilterSize) -> Specification | None:
        """Translate a filter of the shape; None where there may be something wrong with it."""
        conditions = size.conditions + self.size.conditions
        values = size.values + self.size.values + given.further
        if (
            conditions > limits.max_filter_conditions
            or values > MOST_VALUES
            or self.relations > limits.max_filter_relations
            or given.further >= limits.max_in_list
            or len(path) + self.depth > DEEPEST_PATH
        ):
            return None
        try:
            made = [read(value) for read, value in zip(self.reads, given.values, strict=True)]
        except UNSUITABLE:
            return None
        size.conditions, size.values = conditions, values
        return self.shape.filled(made)


@lru_cache(MOST_SHAPES)
def _known(shape: InputShape, exposure: Exposure) -> KnownFilter | None:
    """Translate the filter of a shape; None where those who ask, or the values, decide what it means."""
    translator = _PlaceTranslator()
    try:
        tree = translator.specification(exposure, shape.coerced, ())
    except BadInput:
        return None
    reads = [translator.reads[number] for number in range(len(shape.coercions))]
    return KnownFilter(SpecificationShape(tree), reads, translator.size, translator.relations, translator.depth)


class _PlaceTranslator(FilterTranslator):
    """Translates filters with places in them, and finds what reads the values that come there."""

    def __init__(self) -> None:
        # Nobody in particular asks, who may read nothing that is not for everybody.
        super().__init__(_BOUNDLESS, ANONYMOUS)
        self.reads: dict[int, Callable[[Any], Any]] = {}
        self.relations = self.depth = 0

    def specification(self, exposure: Exposure, value: object, path: Path, relations: int = 0) -> Specification:
        self.relations, self.depth = max(self.relations, relations), max(self.depth, len(path))
        return super().specification(exposure, value, path, relations)

    def comparison(self, comparison: Comparison, value: object, path: Path) -> Specification:
        if not isinstance(value, Place):
            return super().comparison(comparison, value, path)
        self.reads[value.number] = comparison.value
        return comparison.by(value)
