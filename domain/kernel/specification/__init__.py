"""Specifications: one tree that is built, checked, evaluated in memory and read by everything that compiles it."""

from domain.kernel.specification.binding import bind, describe_operand
from domain.kernel.specification.builder import SpecificationBuilder
from domain.kernel.specification.canonical import canonical
from domain.kernel.specification.filling import Filling, Place, SpecificationShape
from domain.kernel.specification.notation import MalformedNotation, parsed, printed
from domain.kernel.specification.operands import Count, Operand, Through
from domain.kernel.specification.operators import ComparisonOperator
from domain.kernel.specification.reach import leads_elsewhere
from domain.kernel.specification.tree import (
    EVERYTHING,
    NOTHING,
    CompositeSpecification,
    Connective,
    FieldSpecification,
    FilterCriteria,
    NotSpecification,
    Predicate,
    Quantifier,
    RelationSpecification,
    Specification,
    and_,
    identities,
    not_,
    or_,
    predicate,
    where,
)

__all__ = [
    "EVERYTHING",
    "NOTHING",
    "ComparisonOperator",
    "CompositeSpecification",
    "Connective",
    "Count",
    "FieldSpecification",
    "Filling",
    "FilterCriteria",
    "MalformedNotation",
    "NotSpecification",
    "Operand",
    "Place",
    "Predicate",
    "Quantifier",
    "RelationSpecification",
    "Specification",
    "SpecificationBuilder",
    "SpecificationShape",
    "Through",
    "and_",
    "bind",
    "canonical",
    "describe_operand",
    "identities",
    "leads_elsewhere",
    "not_",
    "or_",
    "parsed",
    "predicate",
    "printed",
    "where",
]
