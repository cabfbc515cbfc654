"""What a command prints: all of it, or a sentence that says why not."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_UNWRITTEN: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EPIPE})


@contextmanager
def output_told() -> Iterator[None]:
    """Write all that is printed in a block; where that cannot be done, say why and exit with 1."""
    try:
        try:
            yield
        finally:
            if sys.stdout is not None:  # it may have been closed before the start
                sys.stdout.flush()
    except OSError as error:
        # What fails with a file has its name.
        if error.filename is not None or error.errno not in _UNWRITTEN:
            raise
        # Python writes at its end what is still to be written.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        # Whoever reads no further, such as `head`, need not be told.
        if error.errno != errno.EPIPE:
            sys.stderr.write(f"The output cannot be written: {error.strerror}.\n")
        raise SystemExit(1) from error
