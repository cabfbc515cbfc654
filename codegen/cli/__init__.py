"""The commands of the generator, a module for each."""
