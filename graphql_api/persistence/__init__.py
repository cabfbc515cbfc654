"""The way out to SQL: tables, specifications as conditions, reading, units of work and migrations."""
