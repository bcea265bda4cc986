"""Asks an advisory service (OSV) about every pinned dependency: ``python -m tests.audit``, a part of ``make check``.

It fails when one is known to be vulnerable, or cannot be asked about. Where no advisory service can be reached it says
that nothing was audited, and does not fail: a check of the sources must not depend on somebody else's server. The
auditor, pip-audit, is a program in an environment of its own (``tests/audit-requirements.txt``).
"""

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = Path(sys.prefix) / "audit" / "bin" / "pip-audit"
SERVICE = "https://api.osv.dev/v1/query"
SECONDS = 15
"""How long one answer of the service is waited for."""


@dataclass(frozen=True)
class Audited:
    """What is known: ``failed`` when a dependency is vulnerable or could not be asked about, and the words for it."""

    failed: bool
    words: str


def audited(requirements, service=SERVICE, program=PROGRAM):
    """Ask ``service`` about every pin in the file ``requirements``."""
    if not answers(service):
        return Audited(False, f"No advisory service could be reached at {service}: nothing was audited.")
    asked = ["-r", str(requirements), "--no-deps", "--disable-pip", "-s", "osv", "--osv-url", service, "-f", "json"]
    quiet = ["--progress-spinner", "off", "--timeout", str(SECONDS)]
    ran = subprocess.run([str(program), *asked, *quiet], capture_output=True, text=True, check=False, timeout=600)
    if not ran.stdout.strip():
        return Audited(True, f"The audit failed: {(ran.stderr.strip().splitlines() or ['without a word'])[-1]}")
    known = json.loads(ran.stdout)["dependencies"]
    faults = [told(entry, fault) for entry in known for fault in entry.get("vulns", ())]
    faults += [f"{entry['name']}: {entry['skip_reason']}" for entry in known if "skip_reason" in entry]
    return Audited(bool(faults), "\n".join(faults) or f"{len(known)} dependencies, none known to be vulnerable.")


def answers(service):
    """Tell whether ``service`` answers a question about one package."""
    question = {"package": {"name": "pip", "ecosystem": "PyPI"}, "version": "26.0"}
    try:
        return httpx.post(service, json=question, timeout=SECONDS).status_code < 500
    except httpx.TransportError:
        return False


def told(entry, fault):
    """Say which version is vulnerable, and which is not."""
    mended = ", ".join(fault["fix_versions"]) or "nothing yet"
    return f"{entry['name']} {entry['version']}: {fault['id']}, mended in {mended}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requirements", type=Path, default=ROOT / "constraints.txt")
    parser.add_argument("--service", default=SERVICE)
    asked = parser.parse_args()
    found = audited(asked.requirements, asked.service)
    sys.stdout.write(found.words + "\n")
    return 1 if found.failed else 0


if __name__ == "__main__":
    sys.exit(main())
