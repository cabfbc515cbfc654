"""The validation rules: those of the specification and of Strawberry, made safe against hostile documents."""

from contextlib import suppress

from graphql import (
    ASTValidationRule,
    GraphQLNamedType,
    ObjectValueNode,
    OperationDefinitionNode,
    OverlappingFieldsCanBeMergedRule,
    ValidationContext,
    specified_rules,
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


RULES: tuple[type[ASTValidationRule], ...] = (
    *(BoundedOverlap if rule is OverlappingFieldsCanBeMergedRule else rule for rule in specified_rules),
    MaybeNullValidationRule,
    OneOfInput,
)
