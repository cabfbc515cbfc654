"""Specifications: one tree that is built, checked, evaluated in memory and read by everything that compiles it."""

from domain.kernel.specification.binding import bind
from domain.kernel.specification.builder import SpecificationBuilder
from domain.kernel.specification.operators import ComparisonOperator
from domain.kernel.specification.tree import (
    EVERYTHING,
    NOTHING,
    CompositeSpecification,
    Connective,
    FieldSpecification,
    FilterCriteria,
    NotSpecification,
    Quantifier,
    RelationSpecification,
    Specification,
    and_,
    not_,
    or_,
    where,
)

__all__ = [
    "EVERYTHING",
    "NOTHING",
    "ComparisonOperator",
    "CompositeSpecification",
    "Connective",
    "FieldSpecification",
    "FilterCriteria",
    "NotSpecification",
    "Quantifier",
    "RelationSpecification",
    "Specification",
    "SpecificationBuilder",
    "and_",
    "bind",
    "not_",
    "or_",
    "where",
]
