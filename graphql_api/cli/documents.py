"""The documents that operators trust, looked at before a server starts with them."""

from pathlib import Path

from graphql_api.settings import GraphQLSettings, SettingsError
from graphql_api.settings.faults import Fault


def check_documents(settings: GraphQLSettings) -> None:
    """Say what is wrong with them once, rather than in each process. Raises SettingsError."""
    from graphql_api.execution.trusted import UnreadableDocuments, read_documents

    try:
        if settings.documents is not None:
            read_documents(Path(settings.documents))
    except UnreadableDocuments as error:
        raise SettingsError([Fault("graphql.documents", str(error))]) from error
