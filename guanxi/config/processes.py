"""Children that never outlive us: not after an exit, not after a kill -9."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from guanxi.config.account import Account

# Tells a process that it is a child of ``guanxi run``.
SUPERVISED = "GUANXI_SUPERVISED"

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def follow_parent(number: signal.Signals, parent: int) -> None:
    """
    Ask the kernel to send us ``number`` when the process ``parent`` is gone.

    To be called in the child after it took its final account, which clears the
    request. Elsewhere than on Linux this does nothing.
    """
    if _LIBC is None:
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked
        os.kill(os.getpid(), number)


def spawn(
    command: Sequence[str],
    *,
    when_orphaned: signal.Signals,
    account: Account | None = None,
    environment: Mapping[str, str] | None = None,
    output: IO[bytes] | None = None,
    folder: Path | None = None,
) -> subprocess.Popen[bytes]:
    """
    Start ``command`` as a child that gets ``when_orphaned`` when we die.

    It runs in a session of its own, so that Ctrl-C reaches us alone and we decide
    the order of stopping; under ``account``, when one is given.
    """
    return subprocess.Popen(  # noqa: S603 -- callers give our own programs
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        cwd=folder,
        env=environment,
        start_new_session=True,
        preexec_fn=_follow(when_orphaned),
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def _follow(number: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()
    return lambda: follow_parent(number, parent)


def stop(
    process: subprocess.Popen[bytes], number: signal.Signals, *, wait: float
) -> None:
    """Send ``number`` and wait ``wait`` seconds; then kill what is left."""
    if process.poll() is None:
        process.send_signal(number)
    try:
        process.wait(timeout=wait)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def stop_group(process: subprocess.Popen[bytes], *, wait: float) -> None:
    """End ``process`` with SIGTERM, and after ``wait`` seconds it and all its children."""
    stop(process, signal.SIGTERM, wait=wait)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)  # spawn made it the leader of its group
