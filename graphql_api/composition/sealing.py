"""The key that seals cursors."""

import hashlib

from graphql_api.settings import Settings


def cursor_key(settings: Settings) -> bytes:
    """Make the key that seals cursors: the same in every process on the same database, unless one is configured."""
    secret = settings.graphql.cursor_secret
    source = settings.database.url.reveal() if secret is None else secret.get_secret_value()
    return hashlib.blake2s(source.encode(), person=b"cursors").digest()
