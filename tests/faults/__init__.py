"""What the server promises when it is killed: to be run as `python -m tests.faults --kills 200`."""
