"""Who works on a row: names a process so that another one can tell whether it still lives.

A process id alone is reused; together with the machine, its boot and the process's start time it is not. It does not
know what rows are.
"""

from __future__ import annotations

import os
import platform
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

FOREIGN_LEASE = timedelta(seconds=120)
"""Silence after which a process on another machine counts as dead; on this machine one can look."""


def current_owner() -> str:
    """Return this process's name, ``host|boot|pid|start``."""
    return "|".join((platform.node(), _boot(), str(os.getpid()), _start(os.getpid())))


def alive(owner: str, heartbeat: datetime, now: datetime) -> bool:
    """Tell whether the process called ``owner`` is still at work.

    Args:
        owner: as returned by :func:`current_owner`, possibly on another machine.
        heartbeat: when it last wrote.
        now: the present.

    Returns:
        On the same machine, whether the very process exists; elsewhere, whether it wrote in the last ``FOREIGN_LEASE``.
    """
    parts = owner.split("|")
    if len(parts) != 4 or parts[0] != platform.node():
        return now - heartbeat < FOREIGN_LEASE
    _, boot, pid, start = parts
    return boot == _boot() and pid.isdigit() and _exists(int(pid)) and start == _start(int(pid))


def gone(owner: str) -> bool:
    """Tell whether the process called ``owner`` was one of this machine and is no more; False when one cannot know."""
    parts = owner.split("|")
    if len(parts) != 4 or parts[0] != platform.node() or parts[1] != _boot():
        return False
    return not (parts[2].isdigit() and _exists(int(parts[2])) and parts[3] == _start(int(parts[2])))


@cache
def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _start(pid: int) -> str:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    # The second field is the command in parentheses and may hold spaces; the start time is field 22 (proc(5)).
    return stat.rpartition(")")[2].split()[19]


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
