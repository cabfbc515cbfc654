"""The ways in over HTTP: the GraphQL endpoint, health, the schema as text, the explorer."""
