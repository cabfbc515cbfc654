"""Become a server that runs as another user and ends with the process that started it.

Run by path as `launcher.py USER COMMAND ...`; an empty USER changes nobody. A launcher rather than a
`preexec_fn`, which Python refuses to call safe once the tests have threads.
"""

import ctypes
import os
import pwd
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def become(user: str) -> None:
    """Give up root for a user."""
    account = pwd.getpwnam(user)
    os.setgroups([account.pw_gid])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)


def end_with_parent() -> None:
    """Ask Linux to interrupt this process when its parent ends, however that ends."""
    if sys.platform == "linux":
        # After the change of user, which clears the request.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def main() -> None:
    """Change user and become the command."""
    user, *command = sys.argv[1:]
    if user:
        become(user)
    end_with_parent()
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
