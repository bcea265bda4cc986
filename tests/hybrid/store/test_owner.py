"""Covers hybrid.store.owner: telling a process at work from one that is gone."""

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime, timedelta

from hybrid.store.owner import FOREIGN_LEASE, alive, current_owner

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=9)


def test_this_process_is_alive_however_long_it_was_silent():
    assert alive(current_owner(), LONG_AGO, NOW)


def test_ended_process_is_not_alive():
    script = "from hybrid.store.owner import current_owner; print(current_owner())"
    owner = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert owner.stdout.strip() != current_owner()
    assert not alive(owner.stdout.strip(), NOW, NOW)


def test_reused_process_id_is_another_process():
    node, boot, pid, start = current_owner().split("|")
    assert pid == str(os.getpid())
    assert not alive("|".join((node, boot, pid, f"{start}0")), NOW, NOW)


def test_process_before_a_restart_of_the_machine_is_gone():
    _, _, pid, start = current_owner().split("|")
    assert not alive("|".join((platform.node(), "another-boot", pid, start)), NOW, NOW)


def test_process_elsewhere_is_alive_while_it_writes():
    owner = "elsewhere|boot|1|2"
    assert alive(owner, NOW - FOREIGN_LEASE / 2, NOW)
    assert not alive(owner, NOW - FOREIGN_LEASE, NOW)
