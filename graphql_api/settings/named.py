"""Settings under names that their user chooses, such as the keys in `auth.keys`."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar, get_args

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

T = TypeVar("T")

# No double underscore, which separates the parts of a variable's name.
_NAME: Final = r"[a-z0-9]+(_[a-z0-9]+)*"


class Named(Mapping[str, T]):
    """Hold settings by their names; it never changes, so that it can be hashed."""

    __slots__ = ("_items",)

    def __init__(self, items: Iterable[tuple[str, T]] = ()) -> None:
        self._items = dict(items)

    def __getitem__(self, name: str) -> T:
        return self._items[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return f"Named({self._items!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        (item,) = get_args(source)
        names = core_schema.str_schema(pattern=f"^{_NAME}$")
        return core_schema.no_info_after_validator_function(
            lambda items: cls(items.items()),
            core_schema.dict_schema(names, handler.generate_schema(item)),
            serialization=core_schema.plain_serializer_function_ser_schema(dict),
        )


def is_name(text: str) -> bool:
    """Tell whether settings may be called so, which is: letters, digits and single underscores, in lower case."""
    return re.fullmatch(_NAME, text) is not None
