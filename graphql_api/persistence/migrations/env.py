"""What Alembic runs: the migrations, on the connection that it is handed."""

from alembic import context

from graphql_api.persistence.metadata import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    # SQLite cannot alter most things in place; Alembic then copies the table.
    render_as_batch=True,
    # The transaction, and the lock that goes with it, belong to whoever handed over the connection.
    transactional_ddl=False,
)
context.run_migrations()
