"""The trace that an event belongs to, beside it."""

import sqlalchemy as sa
from alembic import op

from graphql_api.persistence.types import CodePointText

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it."""
    op.add_column("outbox", sa.Column("trace", CodePointText, nullable=True))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("outbox", "trace")
