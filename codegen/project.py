"""What the project has already, found by looking at its files, none of which is run."""

import ast
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from codegen.faults import Refused
from codegen.journal import take_back
from codegen.naming import pascal

MANIFEST: Final = Path("graphql_api/manifest.py")
KEPT_SLICES: Final = frozenset({"kernel", "idempotency", "command_log"})
"""What every project comes with, in `domain`."""
VERSIONS: Final = Path("graphql_api/persistence/migrations/versions")
_REVISION: Final = re.compile(r"m(\d{4})_\w+\.py")
_HIDING: Final = re.compile(r"\bdef visible_to\b|^    (visible_with|deleted_at)\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Existing:
    """An entity that is there already."""

    name: str
    type: str
    table: str
    may_be_hidden: bool


@dataclass(frozen=True)
class Project:
    """A checkout of the server."""

    root: Path

    @classmethod
    def at(cls, root: Path) -> "Project":
        """Find the project in a folder, without what an interrupted run left there. Raises Refused."""
        if not all(
            (root / part).exists() for part in (MANIFEST, "domain/kernel", "graphql_api/schema", "pyproject.toml")
        ):
            own = next(root.glob("*/manifest.py"), None) if (root / "codegen").is_dir() else None
            raise Refused(
                f"{root} is not the folder of a project: it has no {MANIFEST}."
                if own is None
                else f"{own.parent.name} has a generator of its own: uv run codegen ..."
            )
        take_back(root)
        return cls(root)

    @cached_property
    def entities(self) -> dict[str, Existing]:
        """The entities that are there, by the names of their folders."""
        folders = sorted(path.parent for path in self.root.glob("domain/*/entity.py"))
        found = (self._entity(folder.name) for folder in folders if folder.name != "kernel")
        return {one.name: one for one in found if one is not None}

    @cached_property
    def types(self) -> frozenset[str]:
        """The entities' types, parts of others included."""
        files = self.root.glob("graphql_api/persistence/*.py")
        return frozenset(kind for path in files for kind, _ in _tables(path.read_text(encoding="utf-8")))

    @cached_property
    def tables(self) -> frozenset[str]:
        """The names of all tables."""
        files = self.root.glob("graphql_api/persistence/**/*.py")
        texts = (path.read_text(encoding="utf-8") for path in files)
        return frozenset(name for text in texts for name in re.findall(r'\bTable\(\s*"([^"]+)"', text))

    @property
    def last_revision(self) -> str | None:
        """The newest migration."""
        numbers = [
            found[1] for path in (self.root / VERSIONS).glob("m*.py") if (found := _REVISION.fullmatch(path.name))
        ]
        return max(numbers, default=None)

    def has(self, path: str | Path) -> bool:
        """Tell whether a file is there, in whatever case its name is written."""
        folder = (self.root / path).parent
        inside = {one.name for one in (self.root / path).glob("*")}
        if inside and inside <= {"description.yaml", "__pycache__"}:
            return False  # a description waits to become one, and the other is what Python left of one
        return folder.is_dir() and Path(path).name.lower() in {one.name.lower() for one in folder.iterdir()}

    def _entity(self, name: str) -> Existing | None:
        stored = self.root / "graphql_api/persistence" / f"{name}.py"
        if not stored.is_file():
            return None
        tables = dict(_tables(stored.read_text(encoding="utf-8")))
        kind = pascal(name) if pascal(name) in tables else next(iter(tables), None)
        if kind is None:
            return None
        described = (self.root / "domain" / name / "entity.py").read_text(encoding="utf-8")
        return Existing(name, kind, tables[kind], _HIDING.search(described) is not None)


def _tables(source: str) -> list[tuple[str, str]]:
    """List what a module of tables stores: the types of entities, each with the name of its table."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return []
    names: dict[str, str] = {}
    for node in body:
        match node:
            case ast.Assign(
                targets=[ast.Name(variable)],
                value=ast.Call(func=ast.Name("Table"), args=[ast.Constant(value=str(table)), *_]),
            ):
                names[variable] = table
            case ast.Assign(targets=[ast.Name("TABLES")], value=ast.Dict(keys=keys, values=values)):
                pairs = [
                    (key.id, value.id)
                    for key, value in zip(keys, values, strict=True)
                    if isinstance(key, ast.Name) and isinstance(value, ast.Name)
                ]
                return [(kind, names[variable]) for kind, variable in pairs if variable in names]
    return []
