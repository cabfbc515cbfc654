"""From results to the page that shows them."""

from collections.abc import Iterator
from pathlib import Path

from tests.performance import tables
from tests.performance.charts import rate_chart, shape_chart
from tests.performance.machine import Machine
from tests.performance.records import Results
from tests.performance.statistics import names
from tests.performance.system import DESCRIPTIONS

BEGIN = "<!-- Written by `python -m tests.performance`: begin -->\n"
END = "<!-- end -->\n"


def sections(results: Results) -> Iterator[str]:
    """Yield what the results say, as parts of a Markdown document."""
    yield "".join(_machine(machine) for machine in results.machines[-1:])
    if loaded := tables.at_load(results.runs):
        connections = loaded[0].connections
        yield _queries(names(run.query for run in loaded))
        yield f"Requests a second over {connections} connections:\n\n" + tables.figures(loaded, lambda run: run.rate)
        yield "Times as fast as the others (median of the ratios in each round):\n\n" + tables.comparison(loaded)
        yield "Processor time of the server, microseconds for each request:\n\n" + tables.figures(
            loaded, lambda run: run.server_us
        )
        yield "The same as a multiple of graphql-api's:\n\n" + tables.thrift(loaded)
        yield "Processor time of PostgreSQL, microseconds for each request:\n\n" + tables.figures(
            loaded, lambda run: run.database_us
        )
        yield f"Latency over {connections} connections:\n\n" + tables.latencies(loaded)
        if (single := tables.alone(results.runs)) and connections != 1:
            yield "Latency over one connection:\n\n" + tables.latencies(single)
        yield "Resident memory of the server, the most after a run:\n\n" + tables.memory(results.runs)
    if results.shapes:
        yield "By the shape of the operation, one request at a time:\n\n" + tables.shape_table(results.shapes)
    if results.starts:
        yield "Starting:\n\n" + tables.start_table(results.starts)
    if results.others:
        yield "Operations of other shapes, processor time for each request:\n\n" + tables.others_table(results.others)


def _machine(machine: Machine) -> str:
    node = f", Node {machine.node.lstrip('v')}" if machine.node else ""
    return (
        f"Taken on {machine.day}: {machine.cores} cores of {machine.processor}, shared with other work (load average "
        f"{machine.load_average:.1f} at the start), CPython {machine.python} "
        f"({machine.loop_ms:.0f} ms for a fixed loop), PostgreSQL {machine.postgres}{node}.\n"
    )


def _queries(asked: list[str]) -> str:
    return "".join(f"- {query}: {DESCRIPTIONS[query]}\n" for query in sorted(asked))


def chart_files(results: Results) -> Iterator[tuple[str, str]]:
    """Yield the charts, each with the name of its file."""
    if loaded := [run for run in tables.at_load(results.runs) if not run.system.endswith("_sqlite")]:
        yield "performance.svg", rate_chart(loaded)
    for axis in names(shape.axis for shape in results.shapes):
        yield f"performance-{axis}.svg", shape_chart(results.shapes, axis)


def write_page(page: Path, results: Results) -> None:
    """Replace the figures in a page, and the charts beside it. Raises ValueError where the page has no place for them."""
    text = page.read_text()
    before, begun, rest = text.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not (begun and ended):
        raise ValueError(f"{page} has no lines {BEGIN.strip()} and {END.strip()}")
    charts = dict(chart_files(results))
    for name, content in charts.items():
        (page.parent / name).write_text(content)
    pictures = "".join(f"![{name.removesuffix('.svg')}]({name})\n" for name in charts)
    page.write_text(before + BEGIN + "\n" + "\n".join([*sections(results), pictures]) + "\n" + END + after)
