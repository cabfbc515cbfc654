"""The table of who had what done."""

import sqlalchemy as sa
from alembic import op

from graphql_api.persistence.types import CodePointText, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create it."""
    op.create_table(
        "command_log",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("command", CodePointText, nullable=False),
        sa.Column("outcome", CodePointText, nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("subject", CodePointText, nullable=True),
        sa.Column("roles", CodePointText, nullable=False),
        sa.Column("things", sa.BigInteger(), nullable=False),
        sa.Column("thing_kind", CodePointText, nullable=True),
        sa.Column("thing_id", sa.Uuid(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("command_log_pkey")),
    )
    for columns in (["given_at", "id"], ["thing_id", "id"], ["subject", "id"], ["expires_at"]):
        op.create_index(op.f(f"command_log_{'_'.join(columns)}_idx"), "command_log", columns, unique=False)


def downgrade() -> None:
    """Drop it, with all that it holds."""
    op.drop_table("command_log")
