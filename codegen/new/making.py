"""Sources, settings and entities, staged beside their place until all of it is there."""

import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from sqlalchemy import URL

from codegen.database.connecting import address_of
from codegen.database.foreign import Derived
from codegen.database.generating import WRITTEN, derived_from, files_from
from codegen.faults import Refused
from codegen.formatting import tidied
from codegen.naming import counted, is_name, is_reserved, snake, words
from codegen.new.drivers import require_mysql
from codegen.new.sources import check_sources, copy_sources
from codegen.new.stripping import strip
from codegen.project import MANIFEST
from codegen.render import render

_OURS: Final = re.compile(r"graphql[_-]api|GRAPHQL_API")
_DESCRIPTION: Final = re.compile(r'^description = "[^"]*"$', re.MULTILINE)
_TEXTS: Final = frozenset({".py", ".toml", ".j2", ".mako", ".html", ".md", ".txt", ""})


def make(name: str, folder: Path, url: str | None, *, writes: bool = False) -> Iterator[str]:
    """Make a project in a new folder, over a database if one is given, and tell what was made. Raises Refused."""
    package = snake(name)
    _check(name, package, folder)
    check_sources()
    address = None if url is None else address_of(url)
    if writes and address is None:
        raise Refused(f"--with-writes {WRITTEN[:-1]}: name it with --from-database.")
    derived = None if address is None else derived_from(address, writes=writes)
    with tempfile.TemporaryDirectory() as place:
        staged = Path(place) / folder.name
        copy_sources(staged)
        strip(staged, ours=address is None)
        if address is not None and address.get_backend_name() == "mysql":
            require_mysql(staged)
        _fill(staged, package, address, derived, writes=writes)
        _rename(staged, package)
        tidied(staged, package)
        _put(staged, folder)
    yield from _told(folder, package, derived)


def _put(staged: Path, folder: Path) -> None:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(staged, folder)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise Refused(f"{folder} cannot be written: {error.strerror}. Nothing is left of it.") from error


def _check(name: str, package: str, folder: Path) -> None:
    if name != folder.name:
        raise Refused(f"{name!r} cannot name a project; give its name alone, and with --in where to make it.")
    if not is_name(package) or is_reserved(package):
        raise Refused(f"{name!r} cannot name a project; use letters, digits and underscores, and no word of Python.")
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


def _fill(staged: Path, package: str, address: URL | None, derived: Derived | None, *, writes: bool) -> None:
    files: dict[Path, str] = {
        Path("graphql_api/seeding/__init__.py"): render("seeding.py"),
        Path("README.md"): render("readme.md", package=package, title=words(package), derived=derived, writes=writes),
        Path(".github/workflows/ci.yaml"): render("workflow.yaml", package=package, foreign=derived is not None),
        Path("pyproject.toml"): _project((staged / "pyproject.toml").read_text(encoding="utf-8"), derived),
        **_settings(package, address, writes=writes),
    }
    if derived is not None:
        made, manifest = files_from(derived, (staged / MANIFEST).read_text(encoding="utf-8"))
        files |= {**made, MANIFEST: manifest}
    for path, text in files.items():
        (staged / path).parent.mkdir(parents=True, exist_ok=True)
        (staged / path).write_text(text, encoding="utf-8")


def _project(text: str, derived: Derived | None) -> str:
    about = "A GraphQL API of your own." if derived is None else "A GraphQL API over a database that is there already."
    return _DESCRIPTION.sub(f'description = "{about}"', text, count=1)


def _settings(package: str, address: URL | None, *, writes: bool) -> Mapping[Path, str]:
    if address is None:
        return {Path("settings.toml"): render("settings.toml", url=f"sqlite:///{package}.sqlite", foreign=False)}
    # `URL.set` takes None for "as it is".
    shown = URL.create(
        address.drivername, address.username, None, address.host, address.port, address.database, address.query
    )
    files = {
        Path("settings.toml"): render(
            "settings.toml", url=shown.render_as_string(hide_password=False), foreign=True, writes=writes
        )
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
        yield f"{counted(len(derived.entities), 'entity')} with {counted(relations, 'relation')}: {names}."
        yield from (f"  note  {note}" for note in derived.notes)
    yield f"\n  cd {shlex.quote(str(folder))}\n  uv run {package.replace('_', '-')} serve"
