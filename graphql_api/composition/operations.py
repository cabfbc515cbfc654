"""What prepares and carries out the documents of clients."""

from pathlib import Path

from domain.kernel.errors import DomainError
from graphql_api.caching.documents import SharedDocuments
from graphql_api.context import ReadLimits
from graphql_api.execution.documents import Documents
from graphql_api.execution.executor import Executor
from graphql_api.execution.limits import OperationLimits
from graphql_api.execution.operations import OperationCache
from graphql_api.execution.trusted import read_documents
from graphql_api.schema.root import Schema
from graphql_api.settings import GraphQLSettings, Settings


def operation_cache(schema: Schema, settings: GraphQLSettings) -> OperationCache:
    """Give what prepares the documents of clients."""
    limits = OperationLimits(
        max_tokens=settings.max_tokens,
        max_depth=settings.max_depth,
        max_aliases=settings.max_aliases,
        max_root_fields=settings.max_root_fields,
        introspection=settings.introspection,
        max_cost=settings.max_cost,
        default_page_size=settings.default_page_size,
        max_page_size=settings.max_page_size,
    )
    return OperationCache(schema, limits, settings.operation_cache_size)


def executor(schema: Schema, settings: Settings, documents: Documents) -> Executor:
    """Give what carries out operations."""
    return Executor(
        schema,
        operation_cache(schema, settings.graphql),
        request_timeout=settings.http.request_timeout,
        client_errors=(DomainError,),
        compiled=settings.graphql.execution == "compiled",
        max_running_cost=settings.graphql.max_running_cost,
        documents=documents,
    )


def known_documents(settings: GraphQLSettings, shared: SharedDocuments | None) -> Documents:
    """Give the documents that clients may name in place of sending them."""
    return Documents(
        read_documents(Path(settings.documents)) if settings.documents else {},
        only_trusted=settings.accept == "trusted_only",
        learned=settings.persisted_documents,
        shared=shared,
    )


def read_limits(settings: GraphQLSettings) -> ReadLimits:
    """Give the limits of what one list may be asked for."""
    return ReadLimits(
        default_page_size=settings.default_page_size,
        max_page_size=settings.max_page_size,
        max_filter_conditions=settings.max_filter_conditions,
        max_filter_relations=settings.max_filter_relations,
        max_in_list=settings.max_in_list,
    )
