"""What a compiled selection may only be used for by those who are allowed to read all of it."""

from collections.abc import Sequence

from strawberry.types.field import StrawberryField

from domain.kernel.description import FieldDescription
from graphql_api.context import RequestContext
from graphql_api.execution.plans import IrregularAnswer, NotPlannable
from graphql_api.schema.guarding import Guarded
from graphql_api.schema.plans.writing import FunctionWriter


def check_extensions(writer: FunctionWriter, field: StrawberryField) -> None:
    """Note the guard of a field; raises NotPlannable for anything else that surrounds its resolver."""
    if field.permission_classes:
        raise NotPlannable(field.python_name)
    for extension in field.extensions:
        if not isinstance(extension, Guarded):
            raise NotPlannable(field.python_name)
        writer.guarded.append(extension.field)


def check_guards(guarded: Sequence[FieldDescription], context: RequestContext) -> None:
    """Leave an answer to the reference executor where the viewer may not read all of it. Raises IrregularAnswer."""
    for field in guarded:
        if not field.is_readable_by(context.viewer):
            raise IrregularAnswer
