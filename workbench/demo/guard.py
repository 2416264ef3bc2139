"""Ends the processes of a supervisor that was itself killed. Run by path, with the standard library only.

The supervisor holds the other end of standard input and writes one line for each process it starts (``+pid``) and for
each that ended (``-pid``). End of file means that the supervisor is gone, however it went: a SIGKILL closes the pipe,
on Linux and on macOS. What is then still on the list is asked to end, and after three seconds made to.
"""

import contextlib
import os
import signal
import sys
import time

GRACE_SECONDS = 3.0


def signal_groups(pids: set[int], number: int) -> set[int]:
    """Send the signal to the process group of each; return those that were still there."""
    there = set()
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, number)
            there.add(pid)
    return there


def main() -> None:
    """Keep the list until the supervisor is gone, then end what is on it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    pids: set[int] = set()
    for line in sys.stdin:
        if line.startswith("+"):
            pids.add(int(line[1:]))
        else:
            pids.discard(int(line[1:]))
    pids = signal_groups(pids, signal.SIGTERM)
    until = time.monotonic() + GRACE_SECONDS
    while pids and time.monotonic() < until:
        time.sleep(0.1)
        pids = signal_groups(pids, 0)
    signal_groups(pids, signal.SIGKILL)


if __name__ == "__main__":
    main()
