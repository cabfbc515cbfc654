import copy
import pickle
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from sqlalchemy import make_url

from graphql_api.settings import DatabaseUrl

CREDENTIALS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(user=CREDENTIALS, password=CREDENTIALS, host=st.sampled_from(["db", "db.example", "10.0.0.1", "[::1]"]))
def test_what_it_reveals_is_what_sqlalchemy_reads(user: str, password: str, host: str) -> None:
    url = DatabaseUrl(f"postgresql://{quote(user, safe='')}:{quote(password, safe='')}@{host}:5432/music")
    read = make_url(url.reveal())
    assert (read.drivername, read.username, read.password) == ("postgresql+asyncpg", user, password)
    assert (read.host, read.port, read.database) == (host.strip("[]"), 5432, "music")


@pytest.mark.parametrize(
    ("given", "driver_url"),
    [
        ("sqlite:///music.sqlite", "sqlite+aiosqlite:///music.sqlite"),
        ("sqlite:////var/lib/my music.sqlite", "sqlite+aiosqlite:////var/lib/my music.sqlite"),
        ("sqlite+aiosqlite:///music.sqlite", "sqlite+aiosqlite:///music.sqlite"),
        ("postgresql://host/music", "postgresql+asyncpg://host/music"),
        ("postgres://user:pw@host/music", "postgresql+asyncpg://user:pw@host/music"),
        ("POSTGRESQL+asyncpg://host", "postgresql+asyncpg://host"),
        ("postgresql://user:p@ss@host/music", "postgresql+asyncpg://user:p%40ss@host/music"),
        ("postgresql://host/music?sslmode=require", "postgresql+asyncpg://host/music?ssl=require"),
        ("postgresql:///music?host=/run/postgresql", "postgresql+asyncpg:///music?host=%2Frun%2Fpostgresql"),
        ("mysql://user:p@ss@host:3306/music", "mysql+asyncmy://user:p%40ss@host:3306/music"),
        ("mariadb://host/music?ssl_ca=ca.pem", "mysql+asyncmy://host/music?ssl_ca=ca.pem"),
    ],
)
def test_friendly_addresses_gain_their_driver(given: str, driver_url: str) -> None:
    url = DatabaseUrl(given)
    assert url.reveal() == driver_url
    assert DatabaseUrl(url.reveal()) == url


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("", "does not start with sqlite://, postgresql:// or mysql://"),
        ("music.sqlite", "does not start with sqlite://, postgresql:// or mysql://"),
        ("oracle://user:pw@host/music", "does not start with sqlite://, postgresql:// or mysql://"),
        ("postgresql+psycopg://host/music", "the driver for postgresql is asyncpg"),
        ("sqlite://music.sqlite", "three slashes"),
        ("sqlite://", "names no file"),
        ("sqlite:///", "names no file"),
        ("sqlite:///?mode=rw", "names no file"),
        ("sqlite:///:memory:", "a memory of its own"),
        ("sqlite:///file:music?mode=memory&uri=true", "a memory of its own"),
        ("sqlite:///music.sqlite?journal=wal", "only cache, mode, uri can stand"),
        ("postgresql://host:port/music", "host or port"),
        ("postgresql://host:99999/music", "host or port"),
        ("postgresql://[::1/music", "host or port"),
        ("postgresql://:5432/music", "port but no host"),
        ("postgresql://my host/music", "not a name or an address"),
        ("postgresql://user:12/34@host/music", "not a plain word"),
        ("postgresql://user:12#34@host/music", "not a plain word"),
        ("postgresql://user:12?34@host/music", "not key=value"),
        ("postgresql://host/music?password=pw", "only host, passfile, port, ssl, target_session_attrs can stand"),
        ("postgresql://host/music?sslmode=maybe", "ssl is one of"),
        ("postgresql://user:%ff@host/music", "not UTF-8"),
        ("postgresql://user:%00@host/music", "NUL"),
        ("postgresql://user:pw@ho\nst/music", "cannot be printed"),
    ],
)
def test_an_impossible_address_is_refused_with_its_reason(given: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        DatabaseUrl(given)


def test_nothing_but_reveal_shows_the_password() -> None:
    url = DatabaseUrl("postgresql://user:sesame@host/music")
    shown = "postgresql://user:***@host/music"
    assert str(url) == f"{url}" == shown
    assert repr(url) == f"DatabaseUrl('{shown}')"
    assert TypeAdapter(DatabaseUrl).dump_json(url).decode() == f'"{shown}"'


def test_it_does_not_change() -> None:
    url = DatabaseUrl("sqlite:///music.sqlite")
    with pytest.raises(AttributeError):
        url.dialect = "postgresql"
    with pytest.raises(AttributeError):
        del url.dialect


def test_copies_are_equal_and_reveal_the_same() -> None:
    url = DatabaseUrl("postgresql://user:sesame@host/music")
    for twin in (copy.deepcopy(url), pickle.loads(pickle.dumps(url))):  # noqa: S301  # our own bytes
        assert twin == url
        assert hash(twin) == hash(url)
        assert twin.reveal() == url.reveal()
    assert url != url.reveal()
