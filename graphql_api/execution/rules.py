"""The validation rules: those of the specification and of Strawberry, made safe against hostile documents."""

from collections.abc import Mapping
from contextlib import suppress

from graphql import (
    SKIP,
    ASTValidationRule,
    GraphQLError,
    GraphQLInputType,
    GraphQLNamedType,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OverlappingFieldsCanBeMergedRule,
    ValidationContext,
    ValueNode,
    ValuesOfCorrectTypeRule,
    VisitorAction,
    specified_rules,
    validate_input_literal,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

# Each unit is one to two microseconds. A page of sixty fragments that all ask for the same five fields needs 46,000.
_OVERLAP_BUDGET = 50_000


class BoundedOverlap(OverlappingFieldsCanBeMergedRule):
    """Compare overlapping fields with a tenth of the library's budget, which is nearly a second of work."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self.rule_context.remaining_complexity_budget = _OVERLAP_BUDGET


class OneOfInput(OneOfInputValidationRule):
    """Check `@oneOf` inputs in fragments too, where Strawberry's rule fails for want of the variables."""

    def __init__(self, validation_context: ValidationContext) -> None:
        super().__init__(validation_context)
        self.variable_definitions = {
            variable.variable.name.value: variable
            for definition in validation_context.document.definitions
            if isinstance(definition, OperationDefinitionNode)
            for variable in definition.variable_definitions or ()
        }

    def enter_operation_definition(self, *_args: object) -> None:
        """Keep the variables that were collected at the start."""

    def validate_one_of(self, node: ObjectValueNode, type: GraphQLNamedType) -> None:  # noqa: A002  # its name there
        # A variable that no operation declares is reported by another rule.
        with suppress(KeyError):
            super().validate_one_of(node, type)


class LocatedValues(ValuesOfCorrectTypeRule):
    """Say where a literal is that a scalar refuses; graphql-core does so for its own scalars only."""

    def is_valid_value_node(self, node: ValueNode, input_type: GraphQLInputType | None) -> VisitorAction:
        """Check a whole argument, and with it all that is inside."""

        def report(error: GraphQLError, path: list[str | int]) -> None:
            located = error if error.locations else GraphQLError(error.message, _inside(node, path))
            self.report_error(located)

        if input_type:
            validate_input_literal(node, input_type, report, hide_suggestions=self.context.hide_suggestions)
        return SKIP


def _inside(node: ValueNode, path: list[str | int]) -> ValueNode:
    for step in path:
        if isinstance(node, ListValueNode) and isinstance(step, int):
            node = node.values[step]
        elif isinstance(node, ObjectValueNode):
            node = next(field.value for field in node.fields if field.name.value == step)
    return node


_REPLACED: Mapping[type[ASTValidationRule], type[ASTValidationRule]] = {
    OverlappingFieldsCanBeMergedRule: BoundedOverlap,
    ValuesOfCorrectTypeRule: LocatedValues,
}
RULES: tuple[type[ASTValidationRule], ...] = (
    *(_REPLACED.get(rule, rule) for rule in specified_rules),
    MaybeNullValidationRule,
    OneOfInput,
)
