"""The outer ring: the ways in (HTTP, GraphQL, command line) and the ways out (SQL)."""
