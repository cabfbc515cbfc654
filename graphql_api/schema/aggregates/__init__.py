"""Aggregates: counts, sums, means and extremes of many things; their types and translation, derived like filters."""
