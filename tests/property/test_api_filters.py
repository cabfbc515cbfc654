"""Any filter, through HTTP and SQL, chooses what it chooses in plain Python, on both databases."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.relations import ToMany
from graphql_api.schema.exposure import EXPOSED
from graphql_api.schema.operators import operators_of
from tests.support.api import DATABASES
from tests.support.operands import PATTERNS, operands
from tests.support.reading import by_id, global_id, satisfies
from tests.support.small_store import SmallStore, Store, small_store

ROOTS = {
    "Artist": "artists",
    "Album": "albums",
    "Track": "tracks",
    "Playlist": "playlists",
    "Customer": "customers",
    "Invoice": "invoices",
}
CONTENTS = SmallStore()
WILD = st.text(st.sampled_from("%_\\aLloveé\n"), max_size=6).filter(
    lambda text: (len(text) - len(text.rstrip("\\"))) % 2 == 0
)


@pytest.fixture(scope="module", params=DATABASES)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    with small_store(request) as store:
        yield store


@cache
def filters(entity: str, depth: int = 3) -> st.SearchStrategy[dict[str, Any]]:
    """Filters of an entity, as the variables of an operation have them."""
    exposure = EXPOSED[entity]
    choices: list[st.SearchStrategy[tuple[str, Any]]] = [
        *(st.tuples(st.just(key), comparisons(entity, key, field.type)) for key, field in exposure.fields.items()),
        *(st.tuples(st.just(key), comparisons(entity, key, int)) for key in exposure.counts),
    ]
    leaves = st.lists(st.one_of(choices), min_size=1, max_size=2).map(dict)
    return leaves if depth == 0 else st.one_of(leaves, st.deferred(lambda: nested(entity, depth)))


@st.composite
def nested(draw: st.DrawFn, entity: str, depth: int) -> dict[str, Any]:
    relations = EXPOSED[entity].relations
    key = draw(st.sampled_from(["and", "or", "not", *relations]))
    if key in {"and", "or"}:
        return {key: draw(st.lists(filters(entity, depth - 1), min_size=1, max_size=3))}
    if key == "not":
        return {key: draw(filters(entity, depth - 1))}
    _, relation = relations[key]
    part = filters(relation.target, depth - 1)
    if isinstance(relation, ToMany):
        words = st.sampled_from(["some", "none", "every"])
        return {key: draw(st.dictionaries(words, part, min_size=1, max_size=2))}
    return {key: draw(part)}


@cache
def comparisons(entity: str, key: str, kind: type) -> st.SearchStrategy[dict[str, Any]]:
    values = operands(CONTENTS, entity, key) or [0]
    value = st.sampled_from(values)
    taken: dict[str, st.SearchStrategy[Any]] = {
        "isNull": st.booleans(),
        "in": st.lists(value, max_size=4),
        "notIn": st.lists(value, max_size=4),
        "between": st.tuples(value, value).map(list),
        "like": st.sampled_from(PATTERNS) | WILD,
    }
    each = {word: taken.get(word, value) for word in operators_of(kind)}
    words = st.lists(st.sampled_from(sorted(each)), min_size=1, max_size=2, unique=True)
    return words.flatmap(lambda chosen: st.fixed_dictionaries({word: each[word] for word in chosen}))


CASES = st.sampled_from(list(ROOTS)).flatmap(lambda entity: st.tuples(st.just(entity), filters(entity)))


@given(case=CASES)
def test_a_filter_chooses_what_it_chooses_in_python(store: Store, case: tuple[str, dict[str, Any]]) -> None:
    entity, where = case
    root = ROOTS[entity]
    document = f"""query($where: {entity}Filter!) {{
      chosen: {root}(where: $where) {{ totalCount nodes {{ id }} }}
      others: {root}(where: {{ not: $where }}) {{ totalCount nodes {{ id }} }}
    }}"""
    things = by_id(one for one in store.contents.visible if type(one).__name__ == entity)
    chosen = [satisfies(store.contents, one, where) for one in things]
    ids = [{"id": global_id(one)} for one in things]
    assert store.api.data(document, where=where) == {
        "chosen": listed([id for id, is_chosen in zip(ids, chosen, strict=True) if is_chosen]),
        "others": listed([id for id, is_chosen in zip(ids, chosen, strict=True) if not is_chosen]),
    }


def listed(nodes: list[dict[str, str]]) -> dict[str, Any]:
    return {"totalCount": len(nodes), "nodes": nodes}
