"""What is measured of answers that are kept."""

from collections.abc import Callable, Iterable, Mapping

from opentelemetry.metrics import CallbackOptions, Meter, Observation


def measure_keeping(meter: Meter, counts: Callable[[], Mapping[str, int]]) -> None:
    """Tell how often each occasion came up, whenever measurements are read."""

    def observed(_options: CallbackOptions) -> Iterable[Observation]:
        return [Observation(count, {"occasion": occasion}) for occasion, count in counts().items()]

    meter.create_observable_counter(
        "graphql.server.cache.occasions", [observed], "{occasion}", "Hits, misses, loads and the like of kept answers."
    )
