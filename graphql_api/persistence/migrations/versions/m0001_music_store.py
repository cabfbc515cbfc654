"""The tables of the music store."""

import sqlalchemy as sa
from alembic import op

from graphql_api.persistence.types import CodePointText, ExactDecimal, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "artists",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("name", CodePointText, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("artists_pkey")),
    )
    op.create_index(op.f("artists_name_id_idx"), "artists", ["name", "id"], unique=False)
    op.create_table(
        "customers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("first_name", CodePointText, nullable=False),
        sa.Column("last_name", CodePointText, nullable=False),
        sa.Column("email", CodePointText, nullable=False),
        sa.Column("company", CodePointText, nullable=True),
        sa.Column("phone", CodePointText, nullable=True),
        sa.Column("address", CodePointText, nullable=True),
        sa.Column("city", CodePointText, nullable=True),
        sa.Column("state", CodePointText, nullable=True),
        sa.Column("country", CodePointText, nullable=True),
        sa.Column("postal_code", CodePointText, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("customers_pkey")),
        sa.UniqueConstraint("email", name=op.f("customers_email_key")),
    )
    op.create_index(op.f("customers_last_name_id_idx"), "customers", ["last_name", "id"], unique=False)
    op.create_table(
        "playlists",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("name", CodePointText, nullable=False),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("playlists_pkey")),
    )
    op.create_index(op.f("playlists_name_id_idx"), "playlists", ["name", "id"], unique=False)
    op.create_table(
        "albums",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("title", CodePointText, nullable=False),
        sa.Column("artist_id", sa.Uuid(), nullable=False),
        sa.Column("released_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["artist_id"], ["artists.id"], name=op.f("albums_artist_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("albums_pkey")),
    )
    op.create_index(op.f("albums_artist_id_id_idx"), "albums", ["artist_id", "id"], unique=False)
    op.create_index(op.f("albums_title_id_idx"), "albums", ["title", "id"], unique=False)
    op.create_table(
        "invoices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("status", CodePointText, nullable=False),
        sa.Column("billing_address", CodePointText, nullable=True),
        sa.Column("billing_city", CodePointText, nullable=True),
        sa.Column("billing_state", CodePointText, nullable=True),
        sa.Column("billing_country", CodePointText, nullable=True),
        sa.Column("billing_postal_code", CodePointText, nullable=True),
        sa.Column("total", ExactDecimal(12, 2), nullable=False),
        sa.Column("refunded_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("invoices_customer_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("invoices_pkey")),
    )
    op.create_index(op.f("invoices_customer_id_id_idx"), "invoices", ["customer_id", "id"], unique=False)
    op.create_index(op.f("invoices_issued_at_id_idx"), "invoices", ["issued_at", "id"], unique=False)
    op.create_table(
        "tracks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("name", CodePointText, nullable=False),
        sa.Column("album_id", sa.Uuid(), nullable=True),
        sa.Column("genre", CodePointText, nullable=True),
        sa.Column("media_type", CodePointText, nullable=False),
        sa.Column("composer", CodePointText, nullable=True),
        sa.Column("milliseconds", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=True),
        sa.Column("unit_price", ExactDecimal(10, 2), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["album_id"], ["albums.id"], name=op.f("tracks_album_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("tracks_pkey")),
    )
    op.create_index(op.f("tracks_album_id_id_idx"), "tracks", ["album_id", "id"], unique=False)
    op.create_index(op.f("tracks_genre_id_idx"), "tracks", ["genre", "id"], unique=False)
    op.create_index(op.f("tracks_name_id_idx"), "tracks", ["name", "id"], unique=False)
    op.create_table(
        "invoice_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("track_id", sa.Uuid(), nullable=False),
        sa.Column("unit_price", ExactDecimal(10, 2), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("invoice_lines_invoice_id_fkey")),
        sa.ForeignKeyConstraint(["track_id"], ["tracks.id"], name=op.f("invoice_lines_track_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("invoice_lines_pkey")),
    )
    op.create_index(op.f("invoice_lines_invoice_id_id_idx"), "invoice_lines", ["invoice_id", "id"], unique=False)
    op.create_index(op.f("invoice_lines_track_id_id_idx"), "invoice_lines", ["track_id", "id"], unique=False)
    op.create_table(
        "playlist_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("playlist_id", sa.Uuid(), nullable=False),
        sa.Column("track_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["playlist_id"], ["playlists.id"], name=op.f("playlist_entries_playlist_id_fkey")),
        sa.ForeignKeyConstraint(["track_id"], ["tracks.id"], name=op.f("playlist_entries_track_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("playlist_entries_pkey")),
        sa.UniqueConstraint("playlist_id", "track_id", name=op.f("playlist_entries_playlist_id_track_id_key")),
    )
    op.create_index(
        op.f("playlist_entries_track_id_playlist_id_idx"), "playlist_entries", ["track_id", "playlist_id"], unique=False
    )


def downgrade() -> None:
    """Drop them, with all that they hold."""
    op.drop_index(op.f("playlist_entries_track_id_playlist_id_idx"), table_name="playlist_entries")
    op.drop_table("playlist_entries")
    op.drop_index(op.f("invoice_lines_track_id_id_idx"), table_name="invoice_lines")
    op.drop_index(op.f("invoice_lines_invoice_id_id_idx"), table_name="invoice_lines")
    op.drop_table("invoice_lines")
    op.drop_index(op.f("tracks_name_id_idx"), table_name="tracks")
    op.drop_index(op.f("tracks_genre_id_idx"), table_name="tracks")
    op.drop_index(op.f("tracks_album_id_id_idx"), table_name="tracks")
    op.drop_table("tracks")
    op.drop_index(op.f("invoices_issued_at_id_idx"), table_name="invoices")
    op.drop_index(op.f("invoices_customer_id_id_idx"), table_name="invoices")
    op.drop_table("invoices")
    op.drop_index(op.f("albums_title_id_idx"), table_name="albums")
    op.drop_index(op.f("albums_artist_id_id_idx"), table_name="albums")
    op.drop_table("albums")
    op.drop_index(op.f("playlists_name_id_idx"), table_name="playlists")
    op.drop_table("playlists")
    op.drop_index(op.f("customers_last_name_id_idx"), table_name="customers")
    op.drop_table("customers")
    op.drop_index(op.f("artists_name_id_idx"), table_name="artists")
    op.drop_table("artists")
