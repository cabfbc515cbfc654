"""The GraphQL API: types are written out; inputs, orders, pages and errors are derived from the domain."""
