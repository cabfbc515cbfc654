"""What was recorded of an operation, in the form of an explanation."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final, cast

from graphql_api.observability.explaining.drawing import shown
from graphql_api.observability.explaining.form import Span, Statement
from graphql_api.observability.explaining.presenting import LONGEST_VALUE, MOST_VALUES, shortened
from graphql_api.observability.explaining.telling import told
from graphql_api.observability.observation import MOST_STATEMENTS
from graphql_api.observability.offered import ARGUMENTS, MESSAGE, SOUGHT
from graphql_api.observability.recorder import Recorded, Recorder
from graphql_api.observability.redaction import redact
from graphql_api.observability.resolvers import ANSWER, KEYS, ROWS, TOGETHER
from graphql_api.settings.redaction import names_secret

LONGEST_STATEMENT: Final = 20_000
MOST_READ: Final = 10
"""How many readings of one resolver are shown; a report may make many."""
MOST_ARGUMENTS: Final = 100

_FACTS: Final = {
    "graphql.field.path": "path",
    ROWS: "rows",
    KEYS: "keys",
    TOGETHER: "together",
    ANSWER: "answer",
    "graphql_api.command.outcome": "outcome",
    "db.response.returned_rows": "rows",
}
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Reading:
    """A statement that only reads, so that the database can be asked how it does that."""

    text: str
    arguments: Sequence[Any]
    told: Statement


@dataclass(slots=True)
class Rendering:
    """The spans of a recording, each after the one that it lies in, and the statements that can be planned."""

    recorder: Recorder
    spans: list[Span] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _statements: int = 0

    def render(self) -> None:
        """Render everything that was recorded."""
        for root in self.recorder.roots:
            self._add(root, None)

    def _add(self, recorded: Recorded, parent: int | None) -> None:
        seconds = self.recorder.now() - recorded.start if recorded.seconds is None else recorded.seconds
        span: Span = {
            "id": next(self._numbers),
            "parent": parent,
            "kind": recorded.kind.value,
            "name": recorded.name,
            "start": milliseconds(recorded.start),
            "duration": milliseconds(seconds),
        }
        facts = {name: recorded.facts[fact] for fact, name in _FACTS.items() if fact in recorded.facts}
        span.update(cast(Span, facts))
        if recorded.error is not None:
            span["error"] = recorded.error
        self._add_shown(span, recorded)
        self.spans.append(span)
        for child in recorded.children:
            self._add(child, span["id"])

    def _add_shown(self, span: Span, recorded: Recorded) -> None:
        for message in recorded.shown.get(MESSAGE, ()):
            span["message"] = told(message)
        if sought := recorded.shown.get(SOUGHT):
            span["sought"] = [shown(cast(Any, one)) for one in sought[:MOST_READ]]
        text = recorded.facts.get("db.query.text")
        if text is not None and self._statements < MOST_STATEMENTS:
            self._statements += 1
            span["statement"] = self._statement(text, recorded)

    def _statement(self, text: str, recorded: Recorded) -> Statement:
        (arguments,) = cast("list[Sequence[Any]]", recorded.shown.get(ARGUMENTS, [()]))
        # What changes something holds what a command was given, and a plan repeats the values of its statement.
        may_be_seen = recorded.facts.get("db.operation.name") == "SELECT" and not mentions_secret(text)
        values = [_value(one) for one in arguments[:MOST_ARGUMENTS]] if may_be_seen else None
        statement: Statement = {"text": shortened(text, LONGEST_STATEMENT), "arguments": values, "plan": None}
        if may_be_seen:
            self.readings.append(Reading(text, arguments, statement))
        return statement


def milliseconds(seconds: float) -> float:
    """Give milliseconds, to the microsecond."""
    return round(seconds * 1_000, 3)


def mentions_secret(text: str) -> bool:
    """Tell whether a statement has to do with a column whose name says that it is secret."""
    return any(names_secret(word) for word in _WORD.findall(text))


def _value(value: object) -> str:
    match value:
        case None:
            return "null"
        case list() | tuple():
            several = [_value(one) for one in value[:MOST_VALUES]]
            more = [f"... ({len(value)} values)"] if len(value) > MOST_VALUES else []
            return f"[{', '.join(several + more)}]"
        case _:
            return str(redact(value, LONGEST_VALUE))
