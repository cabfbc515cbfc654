"""Stored events: whatever can happen is read back as it was, and nothing else is read."""

from datetime import UTC
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.messages import Event
from graphql_api.manifest import MANIFEST
from graphql_api.persistence.outbox.codec import EventCodec, UnreadableEvent, encode

KINDS = [kind for served in MANIFEST for kind in served.domain.EVENTS]
CODEC = EventCodec(KINDS)

st.register_type_strategy(Decimal, st.decimals(allow_nan=False, allow_infinity=False))
moments = st.datetimes(timezones=st.just(UTC))
events = st.sampled_from(KINDS).flatmap(lambda kind: st.builds(kind, entity_id=st.uuids(), occurred_at=moments))


@given(events)
def test_an_event_is_read_back_as_it_was(event: Event) -> None:
    read = CODEC.decode(type(event).__name__, encode(event))
    assert read == event
    assert type(read) is type(event)


@given(st.text(max_size=30), st.text(max_size=30) | st.sampled_from(["null", "[]", "{}", '{"entity_id": 1}']))
def test_what_is_no_event_is_refused(name: str, payload: str) -> None:
    with pytest.raises(UnreadableEvent):
        CODEC.decode(name, payload)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_what_does_not_fit_is_refused_and_what_is_not_known_is_passed_over(kind: type[Event]) -> None:
    with pytest.raises(UnreadableEvent, match=kind.__name__):
        CODEC.decode(kind.__name__, '{"entity_id": 1}')
    plain = Event(entity_id=UUID(int=1))
    later = encode(plain)[:-1] + ', "since": "version 9"}'
    assert EventCodec([Event]).decode("Event", later) == plain


def test_two_events_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two events with the name"):
        EventCodec([KINDS[0], KINDS[0]])
