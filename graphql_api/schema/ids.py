"""The ids that clients send as arguments."""

from uuid import UUID

from graphql import GraphQLSchema

from graphql_api.schema.bad_input import BadInput
from graphql_api.schema.exposure import EXPOSED
from graphql_api.schema.identity import GlobalId, MalformedId, decode_id, decode_id_of


def read_id(entity: str, text: str) -> UUID:
    """Read the id of one thing of an entity. Raises BadInput."""
    try:
        return decode_id_of(entity, text)
    except MalformedId as error:
        raise BadInput(("id",), str(error)) from error


def read_any_id(schema: GraphQLSchema, text: str) -> GlobalId:
    """Read the id of anything that a schema has. Raises BadInput."""
    try:
        id = decode_id(text)
    except MalformedId as error:
        raise BadInput(("id",), str(error)) from error
    # Types of entities that another schema of this process serves are exposed too.
    if id.entity not in EXPOSED or schema.get_type(id.entity) is None:
        raise BadInput(("id",), "is the id of something that this API does not have")
    return id
