"""Keeping what was worked out before: providers on aiocache, and answers that are kept as long as they hold."""
