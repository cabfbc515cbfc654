"""The outbox, and how far each publisher has come."""

import sqlalchemy as sa
from alembic import op

from graphql_api.persistence.types import CodePointText, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "outbox",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("type", CodePointText, nullable=False),
        sa.Column("payload", CodePointText, nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("dead_at", UtcDateTime(), nullable=True),
        sa.Column("error", CodePointText, nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("outbox_pkey")),
        sa.UniqueConstraint("event_id", name=op.f("outbox_event_id_key")),
        sa.UniqueConstraint("position", name=op.f("outbox_position_key")),
    )
    for name, columns, condition in (
        ("outbox_fresh_idx", ["number"], "position IS NULL"),
        ("outbox_unsent_idx", ["entity_id", "position"], "sent_at IS NULL"),
    ):
        where = sa.text(condition)
        op.create_index(op.f(name), "outbox", columns, sqlite_where=where, postgresql_where=where)
    op.create_index(op.f("outbox_sent_idx"), "outbox", ["sent_at"])
    op.create_table(
        "outbox_publishers",
        sa.Column("name", CodePointText, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("outbox_publishers_pkey")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("outbox_publishers")
    op.drop_table("outbox")
