"""What a command prints where nobody can take it, and how it ends when it is interrupted."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

BUFFERING = pytest.mark.parametrize("unbuffered", ["", "1"], ids=["at the end", "at once"])
INTERRUPTED = """
import os, signal, sys

class Interrupting:
    def find_spec(self, name, path, target=None):
        if name == "graphql_api.cli.commands":
            os.kill(os.getpid(), signal.SIGINT)

# As Python has it, unless whoever starts it ignores interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Interrupting())
sys.argv = ["graphql-api", "--version"]
from graphql_api.__main__ import main
main()
"""


@BUFFERING
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is full")
@pytest.mark.parametrize("command", [["config", "docs"], ["--help"]])
def test_output_that_finds_no_room_is_told_in_a_sentence(command: list[str], unbuffered: str) -> None:
    with Path("/dev/full").open("w") as full:
        ended = run("-m", "graphql_api", *command, stdout=full, unbuffered=unbuffered)
    assert ended.stderr == "The output cannot be written: No space left on device.\n"
    assert ended.returncode == 1


@BUFFERING
def test_whoever_reads_no_further_is_told_nothing(unbuffered: str) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as left:
        ended = run("-m", "graphql_api", "config", "docs", stdout=left, unbuffered=unbuffered)
    assert (ended.returncode, ended.stderr) == (1, "")


def test_an_interrupt_while_commands_are_imported_leaves_no_traceback() -> None:
    ended = run("-c", INTERRUPTED, stdout=subprocess.DEVNULL)
    assert (ended.returncode, ended.stderr) == (-signal.SIGINT, "")


def run(*arguments: str, stdout: IO[str] | int, unbuffered: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
    )
