"""What code is part of."""

import sys
from pathlib import Path
from typing import Final

from tests.performance.ours import PROJECT

OWN: Final = ("graphql_api", "domain")
_CONTAINERS: Final = {"site-packages", "lib", ".venv"}


def package_of(file: Path) -> str:
    """Name the package of a file, of this server's the layer within; what was generated is named as it says."""
    for root in (PROJECT, *map(Path, sys.path)):
        if root.is_absolute() and file.is_relative_to(root):
            parts = file.relative_to(root).with_suffix("").parts
            if parts[0] not in _CONTAINERS:
                return ".".join(parts[:2]) if parts[0] in OWN else parts[0]
    return file.stem
