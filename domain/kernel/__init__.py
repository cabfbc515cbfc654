"""What every entity is built from: one small module for each idea, the standard library only."""
