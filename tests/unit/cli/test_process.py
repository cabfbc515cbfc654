"""What a process of the server asks of its allocator."""

import platform
import subprocess
import sys
from inspect import getsource
from pathlib import Path

import pytest

from graphql_api.cli.process import LARGE_BUFFER, give_back_large_buffers
from tests.support.events import PATIENCE

BUFFER = 8 * LARGE_BUFFER


def growth() -> int:
    """Take large buffers and free them, small ones between them, and tell by how many bytes the process has grown."""

    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4_096

    before, small = resident(), []
    for _ in range(3):
        large = b"x" * BUFFER
        small.append(bytearray(100_000))
        del large
    return resident() - before


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="others keep nothing of large buffers")
def test_what_large_buffers_took_is_given_back() -> None:
    script = f"""
from pathlib import Path
from {give_back_large_buffers.__module__} import give_back_large_buffers
BUFFER = {BUFFER}
give_back_large_buffers()
{getsource(growth)}
print(growth())
"""
    ran = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, timeout=PATIENCE)

    assert int(ran.stdout) < BUFFER
