"""One request and its answer."""

import json
from collections.abc import Mapping
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

SECONDS = 60


def ask(url: str, body: str, headers: Mapping[str, str]) -> Any:
    """Post a body, and return the answer as it was parsed. Raises RuntimeError for one with errors."""
    text = post(url, body, headers)
    answer = json.loads(text)
    if "errors" in answer:
        raise _refusal(url, body, text)
    return answer


def post(url: str, body: str, headers: Mapping[str, str]) -> bytes:
    """Post a body, and return the answer as it came. Raises RuntimeError unless it is a 200."""
    address = urlsplit(url)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=SECONDS)
    try:
        connection.request("POST", address.path, body.encode(), dict(headers))
        response = connection.getresponse()
        text = response.read()
    finally:
        connection.close()
    if response.status != 200:
        raise _refusal(url, body, text)
    return text


def _refusal(url: str, body: str, text: bytes) -> RuntimeError:
    return RuntimeError(f"{url} answered to {body[:300]}: {text[:500]!r}")


def responds(url: str) -> bool:
    """Tell whether a GET is answered with 200."""
    address = urlsplit(url)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=SECONDS)
    try:
        connection.request("GET", address.path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
