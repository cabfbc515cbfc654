"""What was generated last, kept so that a change of a description can be told from its owner's edits."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from codegen.faults import Refused
from codegen.render import Files
from codegen.stored import StoredColumn, StoredTable

FOLDER: Final = Path(".codegen")


@dataclass(frozen=True, slots=True)
class Kept:
    """The files of an entity as they were generated, and how it is stored since."""

    name: str
    table: StoredTable
    files: Files

    @classmethod
    def of(cls, name: str, root: Path) -> "Kept | None":
        """Read what was generated last. Raises Refused where it was changed since."""
        path = root / path_of(name)
        if not path.is_file():
            return None
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            if content.pop("hash") != _hash(content):
                raise ValueError("it was changed")
            table = StoredTable(content["table"], tuple(StoredColumn(**one) for one in content["columns"]))
            files = {Path(one): "".join(lines) for one, lines in content["files"].items()}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Refused(f"{path_of(name)} is not as it was written; restore it, as from version control.") from error
        return cls(name, table, files)

    def text(self) -> str:
        """Write it so that changes of it are read line by line."""
        content = {
            "table": self.table.name,
            "columns": [asdict(one) for one in self.table.columns],
            "files": {str(path): text.splitlines(True) for path, text in sorted(self.files.items())},
        }
        return json.dumps({"hash": _hash(content), **content}, indent=1, ensure_ascii=False) + "\n"


def path_of(name: str) -> Path:
    """Name the file that keeps an entity."""
    return FOLDER / f"{name}.json"


def _hash(content: Mapping[str, Any]) -> str:
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
