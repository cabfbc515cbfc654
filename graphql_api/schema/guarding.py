"""Fields that not everybody may read: null with a typed error, or just null where the type declares so.

Who may read a field is said where it is described, `Field("...", readable_by=frozenset({"staff"}))`. What cannot be
read can be neither filtered, sorted nor grouped by: the answer would tell.
"""

from collections.abc import Callable
from typing import Any

from strawberry.extensions import FieldExtension
from strawberry.types.info import Info

from domain.kernel.description import FieldDescription
from domain.kernel.errors import PermissionDenied
from domain.kernel.viewer import Viewer
from graphql_api.context import RequestContext
from graphql_api.schema.bad_input import BadInput, Path


class Guarded(FieldExtension):
    """Lets through those who may read a field."""

    def __init__(self, field: FieldDescription, quietly: bool) -> None:
        self.field = field
        self._quietly = quietly

    def resolve(
        self, next_: Callable[..., Any], source: Any, info: Info[RequestContext, None], **arguments: Any
    ) -> Any:
        """Resolve the field, or refuse. Raises PermissionDenied unless it is kept back quietly."""
        if self.field.is_readable_by(info.context.viewer):
            return next_(source, info, **arguments)
        if self._quietly:
            return None
        raise PermissionDenied(f"read {self.field.name}")


def check_readable(field: FieldDescription, viewer: Viewer, path: Path) -> None:
    """Refuse an argument that would tell of a field that the viewer may not read. Raises BadInput."""
    if not field.is_readable_by(viewer):
        raise BadInput(path, "you are not allowed to read this, and so not to filter, sort or group by it")
