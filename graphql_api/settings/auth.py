"""Who asks: the keys that requests may bring, and what is allowed without one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field, SecretStr, field_validator

from domain.kernel.viewer import STAFF
from graphql_api.settings.named import Named
from graphql_api.settings.section import ALLOWED, BY_ENVIRONMENT, SPLIT_AT_COMMAS, Section

_SHORTEST_SECRET: Final = 16
_LONGEST_SECRET: Final = 512
_ROLES: Final = "a list of words such as staff; in a variable separated by commas"

_ROLE: Final = r"[A-Za-z0-9][A-Za-z0-9._:-]*"

Role = Annotated[str, Field(pattern=f"^{_ROLE}$", max_length=64)]
RoleOrEverybody = Annotated[str, Field(pattern=rf"^(\*|{_ROLE})$", max_length=64)]
Roles = Annotated[tuple[Role, ...], Field(max_length=100), SPLIT_AT_COMMAS]


@dataclass(frozen=True, slots=True)
class _SameAs:
    """Stand in the place of a secret that an earlier key has."""

    name: str


class KeySettings(Section):
    """A key that requests may bring, and who brings it."""

    secret: Annotated[
        SecretStr,
        Field(
            min_length=_SHORTEST_SECRET,
            max_length=_LONGEST_SECRET,
            description="What requests bring; no two keys have the same.",
            json_schema_extra={
                ALLOWED: f"a text of {_SHORTEST_SECRET} to {_LONGEST_SECRET} visible ASCII characters, without spaces"
            },
        ),
    ]
    roles: Annotated[
        Roles, Field(description="What whoever brings it may do.", json_schema_extra={ALLOWED: _ROLES})
    ] = ()
    subject: Annotated[
        UUID | None,
        Field(
            description="Who brings it, where that is one of the things stored, such as a customer.",
            json_schema_extra={ALLOWED: "a UUID"},
        ),
    ] = None

    @field_validator("secret", mode="before")
    @classmethod
    def _belong_to_one_key(cls, value: object) -> object:
        match value:
            case _SameAs(name):
                raise ValueError(f"the key {name} has the same")
            case _:
                return value

    @field_validator("secret")
    @classmethod
    def _fit_a_header(cls, value: SecretStr) -> SecretStr:
        if re.fullmatch(r"[!-~]*", value.get_secret_value()) is None:
            raise ValueError("a header cannot hold it as it stands")
        return value


class AuthSettings(Section):
    """Who asks: the keys that requests may bring as `Authorization: Bearer SECRET`, and what is allowed without one."""

    keys: Named[KeySettings] = Named()
    default_roles: Annotated[
        Roles,
        Field(
            description="What requests without a key may do, and so everybody who reaches the server. "
            "In production leave it empty and give out keys.",
            json_schema_extra={ALLOWED: _ROLES, BY_ENVIRONMENT: {"development": [STAFF]}},
        ),
    ] = ()

    @field_validator("keys", mode="before")
    @classmethod
    def _mark_what_two_keys_have(cls, keys: object) -> object:
        """Have a shared secret refused where it stands, beside all other faults."""
        if not isinstance(keys, Mapping):
            return keys
        owners: dict[object, str] = {}
        marked: dict[object, object] = {}
        for name, key in keys.items():
            secret = _secret(key)
            owner = owners.setdefault(secret, name) if secret is not None else name
            marked[name] = key if owner == name else {**dict(key), "secret": _SameAs(owner)}
        return marked


def _secret(key: object) -> str | None:
    match key:
        case KeySettings(secret=SecretStr() as secret) | {"secret": SecretStr() as secret}:
            return secret.get_secret_value()
        case {"secret": str(secret)}:
            return secret
        case _:
            return None
