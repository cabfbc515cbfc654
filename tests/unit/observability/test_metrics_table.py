"""The table of metrics in the documentation."""

from pathlib import Path

from graphql_api.observability.metrics import METRICS

PAGE = Path(__file__).parents[3] / "docs" / "observability.md"


def test_the_documentation_lists_every_metric() -> None:
    section = PAGE.read_text().partition("\n## Metrics\n")[2].partition("\n## ")[0]
    listed = [line for line in section.splitlines() if line.startswith("| `")]
    assert listed == [
        f"| `{one.name}` | {one.kind} | `{one.unit}` | {', '.join(f'`{name}`' for name in one.attributes)} "
        f"| {one.meaning} |".replace("|  |", "| |")
        for one in METRICS
    ]
