"""The form of an explanation, as `extensions.explain` has it. Times are in milliseconds."""

from typing import NotRequired, TypedDict


class Node(TypedDict):
    """A node of a specification; `policy` marks what the viewer's policies add."""

    text: str
    policy: bool
    parts: list["Node"]


class Drawing(TypedDict):
    """A specification: as the notation has it, and as a tree."""

    text: str
    tree: Node


class Sought(TypedDict):
    """What was looked for among the rows of an entity, as it was asked, and with what the policies add."""

    entity: str
    before: Drawing
    after: Drawing


class Step(TypedDict):
    """A step of the database's plan; `rows` and `cost` are what it expects, where it says so."""

    text: str
    details: list[str]
    cost: float | None
    rows: int | None
    parts: list["Step"]


class Statement(TypedDict):
    """A statement; without its values where they may be secret, and without a plan where there is none."""

    text: str
    arguments: list[str] | None
    plan: list[Step] | None


class Message(TypedDict):
    """What was asked of the query bus or given to the command bus."""

    name: str
    text: str


class Span(TypedDict):
    """A stretch of time; `parent` is the id of the one that it lies in.

    What was read `together` has no statement of its own: that of its parents read it too.
    """

    id: int
    parent: int | None
    kind: str
    name: str
    start: float
    duration: float
    path: NotRequired[str]
    error: NotRequired[str]
    rows: NotRequired[int]
    keys: NotRequired[int]
    together: NotRequired[bool]
    answer: NotRequired[str]
    outcome: NotRequired[str]
    message: NotRequired[Message]
    sought: NotRequired[list[Sought]]
    statement: NotRequired[Statement]


class Explanation(TypedDict):
    """An operation from its text to its answer; each span comes after the one that it lies in."""

    version: int
    duration: float
    left_out: int
    spans: list[Span]
