"""The error for arguments that the type system lets through but that mean nothing."""

from graphql import GraphQLError

Path = tuple[str | int, ...]


class BadInput(GraphQLError):
    """An argument cannot be used as it is. The message names it by its path, such as `where.name.eq`."""

    def __init__(self, path: Path, fault: str) -> None:
        argument = ".".join(map(str, path))
        super().__init__(f"{argument}: {fault}", extensions={"code": "BAD_USER_INPUT", "argument": argument})
