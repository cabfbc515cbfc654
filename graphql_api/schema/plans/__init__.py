"""What an operation selects of entities, connections and groups, compiled to functions that finish what was read."""
