"""What an answer depends on beside the question: the code that works it out, by its text."""

import sys
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Final

_SUFFIXES: Final = frozenset({".py", ".pyc", ".so", ".pyd"})
_WRITERS: Final = ("graphql-core", "orjson", "strawberry-graphql")


def fingerprint(packages: Iterable[str], others: Iterable[bytes]) -> str:
    """Digest the code of some packages that are imported, and whatever else answers depend on."""
    digest = blake2b(sys.version.encode(), digest_size=12)
    for name in _WRITERS:
        digest.update(f"{name} {version(name)} ".encode())
    for package in sorted(packages):
        for name, content in _code(sys.modules[package]):
            digest.update(f"{name} {len(content)} ".encode())
            digest.update(content)
    for other in others:
        digest.update(len(other).to_bytes(8))
        digest.update(other)
    return digest.hexdigest()


def _code(module: ModuleType) -> Iterator[tuple[str, bytes]]:
    if not hasattr(module, "__path__"):
        yield module.__name__, Path(str(module.__file__)).read_bytes()
        return
    for folder in map(Path, module.__path__):
        files = [file for file in folder.rglob("*") if file.suffix in _SUFFIXES and "__pycache__" not in file.parts]
        for file in sorted(files):
            yield f"{module.__name__} {file.relative_to(folder).as_posix()}", file.read_bytes()
