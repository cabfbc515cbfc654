"""How fast the server is, beside what else one could pick: measured on demand, never asserted."""
