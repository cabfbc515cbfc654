"""Files as text, from blueprints: pure, so that a dry run and a comparison see what would be written."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from codegen.blueprint import EntityBlueprint
from codegen.naming import camel, counted, pascal, snake, words
from codegen.wording import quoted

TEMPLATES: Final = Path(__file__).parent / "templates"
_SLICE: Final[Mapping[str, str]] = {
    "domain_init.py": "domain/{name}/__init__.py",
    "entity.py": "domain/{name}/entity.py",
    "commands.py": "domain/{name}/commands.py",
    "queries.py": "domain/{name}/queries.py",
    "persistence.py": "graphql_api/persistence/{name}.py",
    "schema.py": "graphql_api/schema/{name}.py",
    "test_unit.py": "tests/unit/domain/{name}/test_{name}.py",
    "test_property.py": "tests/property/test_{name}_entity.py",
    "test_integration.py": "tests/integration/api/test_{name}_api.py",
}

Files = Mapping[Path, str]


@cache
def templates() -> Environment:
    """Load the templates."""
    environment = Environment(  # noqa: S701  # what is written is Python, not HTML
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        words=words,
        counted=counted,
        camel=camel,
        pascal=pascal,
        py=repr,
        text=quoted,
        doc=docstring,
        snake=lambda text: snake(text.replace(" ", "_")),
    )
    return environment


def docstring(text: str) -> str:
    """Write a docstring, whatever the text holds."""
    safe = text.replace('"""', "'''")
    # A quotation mark beside the closing ones would end the text early.
    closing = ' """' if safe.endswith('"') else '"""'
    return f'{"r" if chr(92) in safe else ""}"""{safe}{closing}'


def render(template: str, **values: Any) -> str:
    """Fill a template in."""
    return templates().get_template(f"{template}.j2").render(**values)


def slice_of(entity: EntityBlueprint) -> Files:
    """Write every file of an entity but the migration."""
    wanted = {**_SLICE, **({"events.py": "domain/{name}/events.py"} if entity.events else {})}
    return {Path(path.format(name=entity.name)): render(template, e=entity) for template, path in wanted.items()}
