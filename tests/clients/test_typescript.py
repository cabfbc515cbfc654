"""The client in docs/examples/typescript, made as its page says: it fits the schema, and does what its types say."""

import asyncio
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from domain.track.entity import Track
from graphql_api.cli.commands import app
from graphql_api.settings import DatabaseSettings
from tests.support.api import settings_of
from tests.support.databases import migrated_database
from tests.support.live import live
from tests.support.small_store import save

DOCS = Path(__file__).parents[2] / "docs"
SAID = (DOCS / "typescript-clients.md").read_text()
MISTAKES = Path(__file__).with_name("mistakes.ts")
PAGE = 50
AROUND_A_SNIPPET = """
import {{ send }} from "./client.js";
import {{ CreatePlaylistDocument }} from "./gql/graphql.js";
export async function snippet(server: {{ url: string }}, name: string) {{ {} }}
"""


def said(language: str) -> str:
    """Give what the page has first in a language."""
    found = re.search(rf"```{language}\n(.*?)```", SAID, re.DOTALL)
    assert found is not None
    return found[1]


def steps() -> list[list[str]]:
    """Give the commands that the page begins with."""
    return [shlex.split(step) for line in said("sh").splitlines() for step in line.partition("  #")[0].split("&&")]


@pytest.fixture(scope="module")
def npm() -> str:
    """Find what installs the compiler and the generator."""
    found = shutil.which("npm")
    if found is None:
        pytest.skip("there is no npm to install the TypeScript compiler with")
    return found


@pytest.fixture(scope="module")
def client(npm: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the client in a folder of its own, up to where it needs a server."""
    (_, there), (_, _, _, *exporting), installing, *further = steps()
    folder = tmp_path_factory.mktemp("client") / "typescript"
    left_out = shutil.ignore_patterns("node_modules", "gql", "built", "schema.graphql")
    shutil.copytree(DOCS.parent / there, folder, ignore=left_out)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        exported = CliRunner().invoke(app, exporting)
    assert exported.exit_code == 0, exported.output
    try:
        run(folder, *installing, "--prefer-offline", "--loglevel=error", "--fetch-retries=1", "--fetch-timeout=15000")
    except AssertionError as error:
        if "npm error network" in str(error):
            pytest.skip("the registry that npm installs from is not to be reached")
        raise
    for step in further[:-1]:
        run(folder, *step)
    return folder


@pytest.fixture(scope="module")
def store(request: pytest.FixtureRequest) -> Iterator[DatabaseSettings]:
    with migrated_database("sqlite", request) as database:
        yield database


def run(folder: Path, *arguments: str) -> str:
    """Run a program in a folder; it has to succeed."""
    done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


async def test_the_client_is_well_typed_and_does_what_it_says(client: Path, store: DatabaseSettings) -> None:
    tracks = [_track(f"Love {number:02}") for number in range(PAGE + 1)]
    await save(settings_of("sqlite:///unused", database=store), tracks)
    async with live(store) as server:
        printed = await asyncio.to_thread(run, client, *steps()[-1], "--silent", "--", server.url)
    assert printed.splitlines() == [
        *(f"10:00  {one.name}, nobody" for one in tracks),
        "PlaylistRenamed: Sunday Evening",
    ]


def test_what_the_page_shows_is_well_typed(client: Path, npm: str) -> None:
    (client / "src/snippet.ts").write_text(AROUND_A_SNIPPET.format(said("ts")))
    run(client, npm, "run", "check")


def test_what_does_not_fit_the_schema_is_not_compiled(client: Path, npm: str) -> None:
    shutil.copy2(MISTAKES, client / "src")
    run(client, npm, "run", "check")


def _track(name: str) -> Track:
    return Track(name=name, media_type="MP3", milliseconds=600_000, unit_price=Decimal("0.99"))
