"""Take out of a new project what is the store's, and what only this project does."""

import re
import shutil
from pathlib import Path
from typing import Final

from codegen.project import KEPT_SLICES, MANIFEST, VERSIONS
from codegen.registration import unregistered

_LEFT_OUT: Final = (
    "codegen/cli/new.py",
    "codegen/new",
    "graphql_api/cli/filling.py",
    "graphql_api/cli/seed.py",
    "graphql_api/http/explorer/source",
    "graphql_api/http/explorer/welcome.graphql",
    "graphql_api/seeding",
)
_LEFT_OUT_OF_OTHERS: Final = ("tests/integration/test_start.py",)
_COMMANDS: Final = (
    "from graphql_api.cli.seed import seed",
    "app.command()(seed)",
    "from codegen.cli.new import new",
    "app.command()(new)",
)
_CHECKED_HERE: Final = (
    r'"docs/recording", ',
    r'"docs/recording/\*\.py" = \[\n(    [^\n]*\n)*\]\n',
    r" *(extend-exclude = )?[^\n]*codegen/skeleton[^\n]*\n",
)


def strip(staged: Path, *, ours: bool) -> None:
    """Take out the store, and of a project whose tables are others' what only tables of its own need."""
    manifest = (staged / MANIFEST).read_text(encoding="utf-8")
    for name in sorted(path.parent.name for path in staged.glob("domain/*/__init__.py")):
        if name not in KEPT_SLICES:
            shutil.rmtree(staged / "domain" / name)
            for part in ("persistence", "schema"):
                (staged / "graphql_api" / part / f"{name}.py").unlink(missing_ok=True)
            manifest = unregistered(manifest, name)
    if not ours:
        manifest = re.sub(r"^(KEPT\w*: [^=]*= )\(.*\)$", r"\1()", manifest, flags=re.MULTILINE)
    (staged / MANIFEST).write_text(manifest, encoding="utf-8")
    for part in (*_LEFT_OUT, *(() if ours else _LEFT_OUT_OF_OTHERS)):
        place = staged / part
        shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)
    _strip_migrations(staged / VERSIONS, ours=ours)
    for main in ("graphql_api/__main__.py", "codegen/__main__.py"):
        _strip_commands(staged / main)
    project = staged / "pyproject.toml"
    text = project.read_text(encoding="utf-8")
    project.write_text(re.sub("|".join(_CHECKED_HERE), "", text), encoding="utf-8")


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
