"""The error for arguments that the type system lets through but that mean nothing."""

from graphql import GraphQLError

from graphql_api.observability.observation import note_limit

Path = tuple[str | int, ...]


class BadInput(GraphQLError):
    """An argument cannot be used as it is. The message names it by its path, such as `where.name.eq`.

    Where it is beyond a limit, that is counted.
    """

    def __init__(self, path: Path, fault: str, limit: str | None = None) -> None:
        argument = ".".join(map(str, path))
        if limit is not None:
            note_limit(limit)
        super().__init__(f"{argument}: {fault}", extensions={"code": "BAD_USER_INPUT", "argument": argument})
