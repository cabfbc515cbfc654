"""A project of one's own: the server without the store that it comes with, under a name of one's own."""

import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from sqlalchemy import URL

from codegen.database.connecting import address_of
from codegen.database.deriving import Derived
from codegen.database.generating import derived_from, files_from
from codegen.faults import Refused
from codegen.formatting import tidied
from codegen.naming import is_name, snake, words
from codegen.project import MANIFEST, VERSIONS
from codegen.render import render

SOURCE: Final = Path(__file__).resolve().parent.parent
_KEPT_SLICES: Final = frozenset({"kernel", "idempotency", "command_log"})
_TESTED_WITH: Final = ("api", "databases", "examples", "logs", "memory", "shared", "skips", "valid_entities", "worlds")
_COPIED: Final = (
    *(
        "codegen",
        "domain",
        "graphql_api",
        "pyproject.toml",
        "requirements.lock",
        ".editorconfig",
        ".gitignore",
        "LICENSE",
    ),
    *(".ci/lock", ".ci/requirements.lock", "tests/conftest.py", "tests/servers"),
    *(f"tests/support/{name}.py" for name in _TESTED_WITH),
)
_LEFT_OUT: Final = (
    *(
        "graphql_api/seeding",
        "graphql_api/cli/seed.py",
        "graphql_api/cli/filling.py",
        "graphql_api/http/explorer/source",
        "graphql_api/http/explorer/welcome.graphql",
    ),
    *("codegen/new.py", "codegen/cli/new.py"),
)
_COMMANDS: Final = (
    "from graphql_api.cli.seed import seed",
    "app.command()(seed)",
    "from codegen.cli.new import new",
    "app.command()(new)",
)
_OURS: Final = re.compile(r"graphql[_-]api|GRAPHQL_API")
_TEXTS: Final = frozenset({".py", ".toml", ".j2", ".mako", ".html", ".md", ".txt", ""})


def make(name: str, folder: Path, url: str | None) -> Iterator[str]:
    """Make a project in a new folder, over a database if one is given, and tell what was made. Raises Refused."""
    package = snake(name)
    _check(package, folder)
    address = None if url is None else address_of(url)
    derived = None if address is None else derived_from(address)
    with tempfile.TemporaryDirectory() as place:
        staged = Path(place) / folder.name
        _copy(staged)
        _strip(staged, ours=address is None)
        _fill(staged, package, address, derived)
        _rename(staged, package)
        tidied(staged, package)
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(staged, folder)
    yield from _told(folder, package, derived)


def _check(package: str, folder: Path) -> None:
    if not is_name(package):
        raise Refused(f"{package!r} cannot name a project; use letters, digits and underscores.")
    if package in sys.stdlib_module_names or package in {
        "domain",
        "codegen",
        "tests",
        "site",
        "strawberry",
        "starlette",
    }:
        raise Refused(f"{package} is the name of another package; choose another one.")
    if folder.exists():
        raise Refused(f"{folder} is there already.")
    if not (SOURCE / "pyproject.toml").is_file():
        raise Refused("A new project is made from a checkout of this one; run the generator there.")


def _copy(staged: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
    for part in _COPIED:
        place = staged / part
        place.parent.mkdir(parents=True, exist_ok=True)
        if (SOURCE / part).is_dir():
            shutil.copytree(SOURCE / part, place, ignore=ignored)
        elif (SOURCE / part).is_file():
            shutil.copy2(SOURCE / part, place)


def _strip(staged: Path, *, ours: bool) -> None:
    """Take out the store that the server comes with."""
    manifest = (staged / MANIFEST).read_text(encoding="utf-8")
    for name in sorted(path.parent.name for path in staged.glob("domain/*/__init__.py")):
        if name not in _KEPT_SLICES:
            shutil.rmtree(staged / "domain" / name)
            for part in ("persistence", "schema"):
                (staged / "graphql_api" / part / f"{name}.py").unlink(missing_ok=True)
            manifest = re.sub(rf"^    Served\({name},[^\n]*\n", "", manifest, flags=re.MULTILINE)
            manifest = re.sub(
                rf"^from graphql_api\.schema\.{name} import (\([^)]*\)|[^\n]*)\n", "", manifest, flags=re.MULTILINE
            )
            manifest = re.sub(
                rf"^from graphql_api\.persistence import {name} as [^\n]*\n", "", manifest, flags=re.MULTILINE
            )
            manifest = re.sub(rf"(^from domain import [^\n]*?)\b{name}\b(?:, )?", r"\1", manifest, flags=re.MULTILINE)
            manifest = re.sub(r"^(from domain import .*), $", r"\1", manifest, flags=re.MULTILINE)
    if not ours:
        manifest = re.sub(r"^(KEPT\w*: [^=]*= )\(.*\)$", r"\1()", manifest, flags=re.MULTILINE)
    (staged / MANIFEST).write_text(manifest, encoding="utf-8")
    for part in _LEFT_OUT:
        place = staged / part
        shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)
    _strip_migrations(staged / VERSIONS, ours=ours)
    for main in ("graphql_api/__main__.py", "codegen/__main__.py"):
        _strip_commands(staged / main)


def _strip_migrations(versions: Path, *, ours: bool) -> None:
    first, *rest = sorted(versions.glob("m[0-9]*.py"))
    first.unlink()
    for path in rest if not ours else ():
        path.unlink()
    for path in rest if ours else ():
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace('down_revision = "0001"', "down_revision = None"), encoding="utf-8")


def _strip_commands(main: Path) -> None:
    lines = main.read_text(encoding="utf-8").splitlines(keepends=True)
    main.write_text("".join(line for line in lines if line.rstrip() not in _COMMANDS), encoding="utf-8")


def _fill(staged: Path, package: str, address: URL | None, derived: Derived | None) -> None:
    files: dict[Path, str] = {
        Path("graphql_api/seeding/__init__.py"): render("seeding.py"),
        Path("README.md"): render("readme.md", package=package, title=words(package), derived=derived),
        **_settings(package, address),
    }
    if derived is not None:
        made, manifest = files_from(derived, (staged / MANIFEST).read_text(encoding="utf-8"))
        files |= {**made, MANIFEST: manifest, Path("docs/database.md"): render("database.md", derived=derived)}
    for path, text in files.items():
        (staged / path).parent.mkdir(parents=True, exist_ok=True)
        (staged / path).write_text(text, encoding="utf-8")


def _settings(package: str, address: URL | None) -> Mapping[Path, str]:
    if address is None:
        return {Path("settings.toml"): render("settings.toml", url=f"sqlite:///{package}.sqlite", read_only=False)}
    # `URL.set` takes None for "as it is".
    shown = URL.create(
        address.drivername, address.username, None, address.host, address.port, address.database, address.query
    )
    files = {
        Path("settings.toml"): render("settings.toml", url=shown.render_as_string(hide_password=False), read_only=True)
    }
    if address.password:
        secret = address.render_as_string(hide_password=False)
        files[Path(".secrets.toml")] = f'[default.database]\nurl = "{secret}"\n'
    return files


def _rename(staged: Path, package: str) -> None:
    """Put the project's own name wherever ours is."""
    names = {"graphql_api": package, "graphql-api": package.replace("_", "-"), "GRAPHQL_API": package.upper()}
    for path in [one for one in staged.rglob("*") if one.is_file() and one.suffix in _TEXTS]:
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
        path.write_text(_OURS.sub(lambda match: names[match[0]], text), encoding="utf-8", errors="surrogateescape")
    (staged / "graphql_api").rename(staged / package)


def _told(folder: Path, package: str, derived: Derived | None) -> Iterator[str]:
    yield f"Made {folder}."
    if derived is not None:
        relations = sum(len(one.relations) for one in derived.entities)
        names = ", ".join(one.api_plural for one in derived.entities)
        yield f"{len(derived.entities)} entities with {relations} relations: {names}."
        yield from (f"  note  {note}" for note in derived.notes)
    yield f"\n  cd {folder}\n  uv run {package.replace('_', '-')} serve"
