"""Where the command log is stored."""

from sqlalchemy import BigInteger, Column, Index, Table, Uuid

from domain.command_log.entity import CommandLogEntry
from graphql_api.persistence.metadata import METADATA, identity
from graphql_api.persistence.types import CodePointText, UtcDateTime

command_log = Table(
    "command_log",
    METADATA,
    *identity(),
    Column("command", CodePointText, nullable=False),
    Column("outcome", CodePointText, nullable=False),
    Column("given_at", UtcDateTime(), nullable=False),
    Column("subject", CodePointText),
    Column("roles", CodePointText, nullable=False),
    Column("things", BigInteger(), nullable=False),
    Column("thing_kind", CodePointText),
    Column("thing_id", Uuid()),
    Column("expires_at", UtcDateTime(), nullable=False),
    Index(None, "given_at", "id"),
    Index(None, "thing_id", "id"),
    Index(None, "subject", "id"),
    Index(None, "expires_at"),
)

TABLES = {CommandLogEntry: command_log}
