"""Whether a server can listen at an address, as the system says."""

import socket
from typing import Any

import pytest

from graphql_api.cli.address import why_not_at

# Nobody has an address that is kept for documentation (RFC 5737, RFC 3849).
ELSEWHERE = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("203.0.113.9", 0))
ELSEWHERE_6 = (socket.AF_INET6, socket.SOCK_STREAM, 0, "", ("2001:db8::9", 0, 0, 0))


def found(monkeypatch: pytest.MonkeyPatch, *addresses: Any) -> None:
    """Have the system find addresses for every name."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: list(addresses))


def test_a_port_that_is_free_can_be_had() -> None:
    assert why_not_at("127.0.0.1", 0) is None


def test_a_port_that_is_taken_cannot() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        assert why_not_at("127.0.0.1", other.getsockname()[1]) == "address already in use"


def test_one_address_of_a_name_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    here = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 0))
    found(monkeypatch, ELSEWHERE_6, here)
    assert why_not_at("name", 0) is None


def test_none_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, ELSEWHERE, ELSEWHERE_6)
    assert why_not_at("name", 0) == "cannot assign requested address"


def test_one_that_is_taken_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = (socket.AF_INET, socket.SOCK_STREAM, 0, "", other.getsockname())
        found(monkeypatch, ELSEWHERE_6, taken)
        assert why_not_at("name", 0) == "address already in use"
