"""`python -m tests.performance.instructions`: what Python executes for a request, whatever else the machine does.

Bytecode instructions are counted, so what is done in C is not seen.
"""

import json
import secrets
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import typer

from tests.performance import ours
from tests.performance.contest import filled, postgres
from tests.performance.packages import package_of
from tests.performance.questions import own_bodies, values_in
from tests.performance.system import ACCEPTED, QUERIES

KEY: Final = secrets.token_urlsafe(24)
SECONDS: Final = 1800


class Function(NamedTuple):
    """A function, and the instructions of it that all requests took."""

    file: Path
    name: str
    executed: int

    @property
    def package(self) -> str:
        """Name what it is part of."""
        return package_of(self.file)


def counted(
    query: str, settings: Mapping[str, str], scratch: Path, *, connections: int, requests: int
) -> list[Function]:
    """Count in a process of its own."""
    asked, counts = scratch / "requests", scratch / "counts"
    messages = map(_request, own_bodies(values_in(settings["DATABASE__URL"]), lambda _: None)[query])
    asked.write_text("".join(f"{json.dumps(message)}\n" for message in messages))
    command = [sys.executable, "-m", "tests.performance.executing", str(asked), str(counts)]
    command += [str(connections), str(requests)]
    with (scratch / "log").open("w") as log:
        done = subprocess.run(
            command,
            check=False,
            cwd=ours.PROJECT,
            env=ours.environment(settings),
            stdout=log,
            stderr=log,
            timeout=SECONDS,
        )
    if done.returncode:
        raise RuntimeError((scratch / "log").read_text()[-2000:])
    return [Function(Path(file), name, executed) for file, name, executed in json.loads(counts.read_text())]


def _request(body: str) -> str:
    lines = {"Host": "localhost", **ACCEPTED, "Authorization": f"Bearer {KEY}", "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST /graphql HTTP/1.1\r\n{head}\r\n{body}"


def table(functions: Sequence[Function], requests: int, most: int) -> Iterator[str]:
    """Write how many instructions a request takes, in all, by package, and in the functions that take the most."""
    packages: Counter[str] = Counter()
    for function in functions:
        packages[function.package] += function.executed
    yield f"{packages.total() / requests:10,.0f}  in all"
    for name, executed in packages.most_common():
        if executed >= requests:
            yield f"{executed / requests:10,.0f}  {name}"
    for function in functions[:most]:
        yield f"{function.executed / requests:10,.0f}  {function.package}: {function.name} ({function.file.name})"


def main(
    *,
    queries: Annotated[str, typer.Option(help="Which queries to send.")] = ",".join(QUERIES),
    connections: Annotated[int, typer.Option(min=1, help="How many connections ask at once.")] = 16,
    requests: Annotated[int, typer.Option(min=1, help="How many requests to count.")] = 320,
    functions: Annotated[int, typer.Option(min=0, help="How many functions to name.")] = 0,
    database: Annotated[str | None, typer.Option(help="A filled database; a new one if none is given.")] = None,
    setting: Annotated[list[str] | None, typer.Option(help="A setting as NAME=VALUE, without GRAPHQL_API_.")] = None,
) -> None:
    """Count each query in turn, and print what it took."""
    further = dict(one.split("=", 1) for one in setting or [])
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="graphql-api-instructions-")))
        url = database or filled(stack.enter_context(postgres(None)))
        key = {"DATABASE__URL": url, "AUTH__KEYS__LOAD__SECRET": KEY, "AUTH__KEYS__LOAD__ROLES": "staff"}
        for query in queries.split(","):
            found = counted(
                query, {**ours.SETTINGS, **key, **further}, scratch, connections=connections, requests=requests
            )
            typer.echo("\n".join([f"\n{query}", *table(found, requests // connections * connections, functions)]))


if __name__ == "__main__":
    typer.run(main)
