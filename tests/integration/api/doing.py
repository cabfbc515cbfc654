"""Carrying out commands through the API, and asking for what many filters choose."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.support.api import Api

FAILED = "... on Error { code message } ... on ValidationFailed { violations { path code message } }"


def carry_out(api: Api, name: str, selection: str = "", /, **values: Any) -> Any:
    """Carry out a command with its input, and return what became of it; a selection is added to what is asked of it."""
    command = name[0].upper() + name[1:]
    document = (
        f"mutation($input: {command}Input!) {{ result: {name}(input: $input) {{ __typename {FAILED} {selection} }} }}"
    )
    return api.data(document, input=values)["result"]


def done(api: Api, name: str, wanted: str = "", /, **values: Any) -> Any:
    """Carry out a command that succeeds, and return the thing that it gives back, with its id."""
    command = name[0].upper() + name[1:]
    payload = PAYLOADS.get(name) or PAYLOADS[next(noun for noun in PAYLOADS if noun in name)]
    result = carry_out(api, name, f"... on {command}Success {{ {payload} {{ id {wanted} }} }}", **values)
    assert result["__typename"] == f"{command}Success", result
    return result[payload]


PAYLOADS: Mapping[str, str] = {
    "purchaseTracks": "invoice",
    "addTracksToPlaylist": "playlist",
    "removeTracksFromPlaylist": "playlist",
    "Artist": "artist",
    "Album": "album",
    "Track": "track",
    "Playlist": "playlist",
    "Customer": "customer",
    "Invoice": "invoice",
}


def a_track(api: Api, **values: Any) -> Any:
    """Make a track; what is not said is ordinary."""
    ordinary = {"name": "Song", "mediaType": "MPEG", "milliseconds": 1_000, "unitPrice": "0.99"}
    return done(api, "createTrack", **{**ordinary, **values})


def a_customer(api: Api, email: str) -> Any:
    """Register a customer."""
    return done(api, "registerCustomer", firstName="Ada", lastName="Lovelace", email=email)


def chosen(api: Api, root: str, entity: str, wheres: Sequence[Mapping[str, Any]]) -> Iterator[list[str]]:
    """Give the ids of what each filter chooses of a list, asking for twenty at once."""
    for start in range(0, len(wheres), 20):
        batch = {f"w{number}": where for number, where in enumerate(wheres[start : start + 20])}
        declared = ", ".join(f"${name}: {entity}Filter!" for name in batch)
        fields = " ".join(f"{name}: {root}(where: ${name}, first: 1000) {{ nodes {{ id }} }}" for name in batch)
        data = api.data(f"query({declared}) {{ {fields} }}", **batch)
        yield from ([node["id"] for node in data[name]["nodes"]] for name in batch)
