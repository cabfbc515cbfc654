"""Which span is open, for ours and for those of libraries alike."""

from contextvars import ContextVar
from typing import Final

from opentelemetry import trace
from opentelemetry.context import Context, attach, detach

# The library's functions look up each time where it keeps that, which takes five times as long.
(CURRENT,) = trace.set_span_in_context(trace.INVALID_SPAN, Context())
"""The name in a context that the span has."""
_token: Final = attach(Context())
context: Final[ContextVar[Context]] = _token.var
detach(_token)


def innermost() -> trace.Span | None:
    """Give the span that is open, recorded or not."""
    return context.get().get(CURRENT)  # type: ignore[return-value]  # the library keeps it there
