"""What each change of a schema means for clients."""

import pytest
from graphql import build_schema

from graphql_api.schema.changes import Effect, changes

SCHEMA = """\
directive @marked(by: Int! = 1) on FIELD
interface Named { name: String! }
interface Dated { year: Int }
type Album implements Named { name: String! year: Int }
type Song implements Named { name: String! }
union Found = Album | Song
enum Genre { ROCK JAZZ @deprecated }
scalar Money @specifiedBy(url: "https://money.example/1")
input Wanted { genre: Genre, year: Int! = 1999, most: Int = 5, price: Money! }
input Order @oneOf { name: Int, year: Int }
input Page { first: Int, last: Int }
type Query {
  album(id: ID!, genre: Genre = ROCK, most: Int! = 5, page: Page): Album
  albums(wanted: Wanted, order: [Order!]): [Album!]!
  found: Found
  gone: Int @deprecated(reason: "Nobody knows.")
}
type Mutation { rename(name: String!): Album }
"""


@pytest.mark.parametrize(
    ("before", "after", "effects"),
    [
        pytest.param("  found: Found\n", "", "breaking", id="a field is removed"),
        pytest.param("): Album\n", "): Album!\n", "safe", id="a field is no longer null"),
        pytest.param("[Album!]!", "[Album!]", "breaking", id="a field may be null"),
        pytest.param("found: Found", "found: Album", "breaking", id="a field has another type"),
        pytest.param("album(id: ID!,", "album(id: ID!, of: ID!,", "breaking", id="a required argument is added"),
        pytest.param("album(id: ID!,", "album(id: ID!, of: ID,", "dangerous", id="an optional argument is added"),
        pytest.param("album(id: ID!,", "album(id: ID,", "safe", id="an argument is no longer required"),
        pytest.param("genre: Genre = ROCK", "genre: Genre!", "breaking", id="an argument is required"),
        pytest.param("Genre = ROCK", "Genre = JAZZ", "dangerous", id="a default of an argument is another"),
        pytest.param("most: Int! = 5", "most: Int!", "breaking dangerous", id="a required argument loses its default"),
        pytest.param("ROCK JAZZ", "ROCK POP JAZZ", "dangerous", id="a value of an enumeration is added"),
        pytest.param(" JAZZ @deprecated", "", "breaking", id="a value of an enumeration is removed"),
        pytest.param("{ ROCK", "{ ROCK @deprecated", "safe", id="a value of an enumeration is deprecated"),
        pytest.param("= Album | Song", "= Album", "breaking", id="a member of a union is removed"),
        pytest.param("= Album | Song", "= Album | Song | Query", "dangerous", id="a member of a union is added"),
        pytest.param("Song implements Named", "Song", "breaking", id="an interface is removed"),
        pytest.param("Album implements Named", "Album implements Named & Dated", "dangerous", id="one is added"),
        pytest.param("found: Found", "found: Found @deprecated", "safe", id="a field is deprecated"),
        pytest.param(' @deprecated(reason: "Nobody knows.")', "", "safe", id="a field is no longer deprecated"),
        pytest.param("Nobody knows.", "Nobody cares.", "safe", id="a field is deprecated for another reason"),
        pytest.param("genre: Genre,", "", "breaking", id="a field of an input is removed"),
        pytest.param("genre: Genre,", "genre: Genre, of: ID,", "dangerous", id="an optional one is added"),
        pytest.param("genre: Genre,", "genre: Genre, of: ID!,", "breaking", id="a required one is added"),
        pytest.param("= 1999", "= 2000", "dangerous", id="a default of an input is another"),
        pytest.param("Int! = 1999", "Int!", "breaking dangerous", id="a required field of an input loses its default"),
        pytest.param("Int = 5, price", "Int, price", "dangerous", id="an optional one loses its default"),
        pytest.param("input Page {", "input Page @oneOf {", "breaking", id="an input takes one of its fields"),
        pytest.param("Order @oneOf", "Order", "safe", id="an input takes any of its fields"),
        pytest.param("money.example/1", "money.example/2", "dangerous", id="a scalar is specified elsewhere"),
        pytest.param("(by: Int! = 1)", "(by: Int!)", "breaking dangerous", id="a directive loses a default"),
        pytest.param("directive @marked(by: Int! = 1) on FIELD", "", "breaking", id="a directive is removed"),
        pytest.param("type Mutation", "schema { query: Query } type Mutation", "breaking", id="no mutations"),
        pytest.param("type Mutation", "schema { query: Song } type Mutation", "breaking breaking", id="another root"),
    ],
)
def test_a_change_means_what_it_does_to_clients(before: str, after: str, effects: str) -> None:
    assert before in SCHEMA
    found = changes(build_schema(SCHEMA), build_schema(SCHEMA.replace(before, after, 1)))
    assert [one.effect for one in found] == [Effect(one) for one in effects.split()]


def test_a_schema_has_no_changes_against_itself() -> None:
    assert not list(changes(build_schema(SCHEMA), build_schema(SCHEMA)))
