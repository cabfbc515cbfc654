"""A schema with every shape that counts, and the cost of operations on it."""

from typing import Any

from graphql import build_schema, parse, validate

from graphql_api.execution.cost import CostRule, PageSizes

PAGES = PageSizes(default=10, largest=100)
SCHEMA = build_schema("""
interface Node { id: ID! }
type Thing implements Node {
  id: ID!
  name: String
  other: Thing
  parts: [Thing!]!
  top(first: Int): [Thing!]!
  things(first: Int, last: Int, after: String, where: ThingFilter, orderBy: [ThingOrder!]): ThingConnection!
  tags: [String!]!
}
type ThingConnection { edges: [ThingEdge!]!, nodes: [Thing!]!, pageInfo: PageInfo!, totalCount: Int! }
type ThingEdge { cursor: String!, node: Thing! }
type PageInfo { hasNextPage: Boolean!, endCursor: String }
type Refusal { message: String! }
union Result = Thing | Refusal

input Numbers { eq: Int, gt: Int, in: [Int!] }
input ThingFilter {
  and: [ThingFilter!], or: [ThingFilter!], not: ThingFilter
  size: Numbers, other: ThingFilter, things: ThingListFilter, thingsCount: Numbers, anything: Json
}
input ThingListFilter { some: ThingFilter, none: ThingFilter }
input ThingOrder @oneOf { name: Direction, other: ThingOrder, thingsCount: Direction }
enum Direction { ASC, DESC }
input RenameInput { id: ID!, name: String! }
scalar Json

type Query {
  hello: String
  node(id: ID!): Node
  thing: Thing
  several(ids: [ID!]!): [Thing!]!
  things(first: Int, last: Int, after: String, where: ThingFilter, orderBy: [ThingOrder!]): ThingConnection!
}
type Mutation { rename(input: RenameInput!): Result }
""")
# As Strawberry says it; graphql-core keeps a default of the schema language elsewhere.
SCHEMA.type_map["Thing"].fields["top"].args["first"].default_value = 7  # type: ignore[attr-defined]  # it is an object
_RULE = CostRule(SCHEMA, PAGES)


def cost(text: str, operation: str | None = None, **variables: Any) -> int:
    """Estimate an operation of a valid document."""
    document = parse(text)
    assert validate(SCHEMA, document) == []
    return _RULE.price(document).cost(operation, variables)
