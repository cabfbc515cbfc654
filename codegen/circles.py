"""References that lead back to where they start."""

from collections.abc import Iterator, Mapping

from codegen.description import EntityWanted


def circles(entities: Mapping[str, EntityWanted]) -> Iterator[str]:
    """Find references that are required and lead back to where they start, so that no first row could be stored."""
    for start in entities.values():
        for field in start.fields:
            if field.target == start.name and not field.optional:
                yield f"{start.name}.{field.name} requires another {start.name}, so that there could be no first one."
    reported: set[frozenset[str]] = set()
    for name in entities:
        circle = _circle(name, entities)
        if circle and frozenset(circle) not in reported:
            reported.add(frozenset(circle))
            yield f"{' -> '.join(circle)}: they require one another in a circle; make one optional."


def _circle(start: str, entities: Mapping[str, EntityWanted]) -> list[str]:
    waiting = [[start]]
    visited: set[str] = set()
    while waiting:
        path = waiting.pop()
        for field in [one for one in entities[path[-1]].fields if not one.optional]:
            if field.target == start and len(path) > 1:
                return [*path, start]
            target = field.target
            if target is not None and target in entities and target not in {*visited, path[-1]}:
                visited.add(target)
                waiting.append([*path, target])
    return []
