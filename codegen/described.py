"""The descriptions that a project keeps beside the code of its entities, for their owners to change."""

from collections.abc import Mapping
from pathlib import Path

from codegen.description import EntityWanted
from codegen.document import read_document
from codegen.faults import Refused

_NAME = "description.yaml"


def description_of(name: str) -> Path:
    """Name the file that describes an entity."""
    return Path("domain") / name / _NAME


def descriptions(root: Path) -> Mapping[str, EntityWanted]:
    """Read every description of a project. Raises Refused with all that is wrong with them."""
    read: dict[str, EntityWanted] = {}
    reasons: list[str] = []
    for path in sorted((root / "domain").glob(f"*/{_NAME}")):
        shown = description_of(path.parent.name)
        try:
            entities = read_document(text_of(path))
        except Refused as error:
            reasons += [f"{shown}: {reason}" for reason in error.reasons]
            continue
        if [one.name for one in entities] != [path.parent.name]:
            reasons.append(f"{shown} describes one entity, {path.parent.name}, and no other.")
        read[path.parent.name] = entities[0]
    if reasons:
        raise Refused(*reasons)
    return read


def text_of(file: Path) -> str:
    """Read a file. Raises Refused."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{file} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}.") from error
