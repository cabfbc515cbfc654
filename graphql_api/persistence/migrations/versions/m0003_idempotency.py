"""The table of commands that were carried out with a key."""

import sqlalchemy as sa
from alembic import op

from graphql_api.persistence.types import CodePointText, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create it."""
    op.create_table(
        "idempotency_records",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("scope", CodePointText, nullable=False),
        sa.Column("key", CodePointText, nullable=False),
        sa.Column("fingerprint", CodePointText, nullable=False),
        sa.Column("outcome", CodePointText, nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("idempotency_records_pkey")),
        sa.UniqueConstraint("scope", "key", name=op.f("idempotency_records_scope_key_key")),
    )
    op.create_index(op.f("idempotency_records_expires_at_idx"), "idempotency_records", ["expires_at"], unique=False)


def downgrade() -> None:
    """Drop it, with all that it holds."""
    op.drop_index(op.f("idempotency_records_expires_at_idx"), table_name="idempotency_records")
    op.drop_table("idempotency_records")
