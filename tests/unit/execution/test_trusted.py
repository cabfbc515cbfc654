import json
from pathlib import Path

import pytest

from graphql_api.execution.documents import id_of
from graphql_api.execution.trusted import UnreadableDocuments, read_documents

HELLO = "query Hello { hello }"
MANIFEST = {
    "format": "apollo-persisted-query-manifest",
    "version": 1,
    "operations": [{"id": "3f", "name": "Hello", "type": "query", "body": HELLO}],
}


def written(folder: Path, content: object, name: str = "documents.json") -> Path:
    file = folder / name
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return file


def test_documents_are_read_as_people_and_generators_write_them(tmp_path: Path) -> None:
    below = tmp_path / "pages"
    below.mkdir()
    written(tmp_path, HELLO, "Hello.graphql")
    written(below, "{ bye }\n", "Bye.gql")
    written(below, "no document", "notes.txt")
    assert read_documents(tmp_path) == {"Hello": HELLO, "Bye": "{ bye }\n"}
    assert read_documents(written(tmp_path, MANIFEST)) == {"3f": HELLO}
    texts = {"a1": HELLO, id_of("{ bye }"): "{ bye }"}
    assert read_documents(written(tmp_path, texts)) == texts


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "is not JSON"),
        ([], "is neither"),
        ({"a": 1}, "is neither"),
        ({**MANIFEST, "operations": 5}, "is neither"),
        ({**MANIFEST, "operations": [5]}, "is neither"),
        ({"no id": HELLO}, "is no id"),
        ({"sha256:00": HELLO}, "is not the hash of its document"),
        ({**MANIFEST, "operations": [{"id": "a", "body": "1"}, {"id": "a", "body": "2"}]}, "two documents have the id"),
    ],
)
def test_what_cannot_be_trusted_is_refused_with_its_place_and_reason(
    tmp_path: Path, content: object, reason: str
) -> None:
    file = written(tmp_path, content)
    with pytest.raises(UnreadableDocuments, match=reason) as refused:
        read_documents(file)
    assert str(file) in str(refused.value)


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocuments, match="cannot be read"):
        read_documents(tmp_path / "nothing.json")
