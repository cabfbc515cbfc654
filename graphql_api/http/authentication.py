"""Who asks: from the headers of a request to a viewer."""

import secrets
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Protocol

from starlette.datastructures import Headers

from domain.kernel.viewer import ANONYMOUS, Viewer
from graphql_api.http.errors import HttpError
from graphql_api.settings import AuthSettings

_SCHEME = "bearer"


class Unauthenticated(HttpError):
    """The request says who asks in a way that cannot be believed; its text says what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(401, message, code="UNAUTHENTICATED", headers=((b"www-authenticate", b"Bearer"),))


class Authenticator(Protocol):
    """Tells who asks."""

    @property
    def headers(self) -> Sequence[str]:
        """The request headers that it looks at, by which copies of answers are told apart; `*` is anything else."""
        ...

    async def authenticate(self, headers: Headers) -> Viewer:
        """Give the viewer that a request comes from. Raises Unauthenticated."""
        ...


class StaticKeys:
    """Know viewers by the key that they send as `Authorization: Bearer KEY`; `without_key` is who sends none.

    The keys themselves are not kept.
    """

    headers: Sequence[str] = ("authorization",)

    def __init__(self, viewers: Mapping[str, Viewer], *, without_key: Viewer = ANONYMOUS) -> None:
        # Nobody outside can compute a digest, so that the time of a look-up tells nothing of how near a guess came.
        self._salt = secrets.token_bytes(16)
        self._viewers = {self._digest(key): viewer for key, viewer in viewers.items()}
        self._without_key = without_key

    async def authenticate(self, headers: Headers) -> Viewer:
        """Give the viewer with the key in the headers. Raises Unauthenticated."""
        return self.viewer(headers)

    def viewer(self, headers: Headers) -> Viewer:
        """Do so at once, since nobody has to be asked."""
        key = _key(headers)
        if key is None:
            return self._without_key
        viewer = self._viewers.get(self._digest(key))
        if viewer is None:
            raise Unauthenticated("This server does not know the key: check it, or ask its operator for one.")
        return viewer

    def _digest(self, key: str) -> bytes:
        return blake2b(key.encode(), digest_size=32, key=self._salt).digest()


def static_keys(settings: AuthSettings) -> StaticKeys:
    """Know the keys of the settings, and give the default roles to who sends none."""
    return StaticKeys(
        {key.secret.get_secret_value(): Viewer(frozenset(key.roles), key.subject) for key in settings.keys.values()},
        without_key=Viewer(frozenset(settings.default_roles)),
    )


def _key(headers: Headers) -> str | None:
    given = headers.getlist("authorization")
    if len(given) > 1:
        raise Unauthenticated("Send one Authorization header, not several.")
    return _read(given[0]) if given else None


def _read(authorization: str) -> str:
    scheme, _, key = authorization.strip(" \t").partition(" ")
    key = key.lstrip(" ")
    if scheme.lower() != _SCHEME or not key or " " in key:
        raise Unauthenticated("Send the key as `Authorization: Bearer KEY`.")
    return key
