"""All validation rules as one, which asks each about the nodes that it looks at, and about no others.

graphql-core looks the methods of each rule up for each kind of node in each document, and passes by most of them at
each node. That takes half of the time.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from graphql import BREAK, SKIP, ASTValidationRule, Node, ValidationContext
from graphql.language.visitor import EnterLeaveVisitor

from graphql_api.execution.rules import RULES

_NOTHING: Final = EnterLeaveVisitor(None, None)
_MOST_KINDS: Final = 100


class RuleSet(ASTValidationRule):
    """Checks a document by all rules at once, in their order."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._rules: Sequence[ASTValidationRule] = [rule(context) for rule in RULES]
        # The node that a rule wants to see nothing of, or BREAK where it has seen enough.
        self._left_out: list[Any] = [None] * len(RULES)

    def get_enter_leave_for_kind(self, kind: str) -> EnterLeaveVisitor:
        """Give what is to be done before and behind nodes of a kind."""
        known = self.enter_leave_map.get(kind)
        if known is None:
            known = self.enter_leave_map[kind] = self._of_kind(kind)
        return known

    def _of_kind(self, kind: str) -> EnterLeaveVisitor:
        rules, left_out = self._rules, self._left_out
        interested = _interested(kind)
        if not interested:
            return _NOTHING
        before = [(place, getattr(rules[place], enter)) for place, enter, _ in interested if enter]
        behind = [(place, getattr(rules[place], leave) if leave else _pass) for place, _, leave in interested]

        def enter(node: Node, *args: Any) -> None:
            for place, function in before:
                if left_out[place] is None:
                    left_out[place] = _wanted_left_out(function(node, *args), node)

        def leave(node: Node, *args: Any) -> None:
            for place, function in behind:
                if left_out[place] is None:
                    if _wanted_left_out(function(node, *args), node) is BREAK:
                        left_out[place] = BREAK
                elif left_out[place] is node:
                    left_out[place] = None

        return EnterLeaveVisitor(enter, leave)


@lru_cache(_MOST_KINDS)
def _interested(kind: str) -> Sequence[tuple[int, str | None, str | None]]:
    """List the places of the rules that look at nodes of a kind, and the names of their methods."""
    found = [(place, _method(rule, "enter", kind), _method(rule, "leave", kind)) for place, rule in enumerate(RULES)]
    return [(place, enter, leave) for place, enter, leave in found if enter or leave]


def _method(rule: type[ASTValidationRule], way: str, kind: str) -> str | None:
    return next((name for name in (f"{way}_{kind}", way) if hasattr(rule, name)), None)


def _wanted_left_out(result: Any, node: Node) -> Any:
    """Tell what a rule wants to see nothing of. Rules change nothing, so nothing else comes of them."""
    if result is None:
        return None
    return node if result is SKIP or result is False else BREAK


def _pass(_node: Node, *_args: Any) -> None:
    """Do nothing behind a node."""
