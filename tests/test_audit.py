"""Covers the audit of dependencies: a finding fails it, silence of the service does not, nonsense does."""

import http.server
import json
import socket
import threading

import pytest

from tests.audit import PROGRAM, audited

pytestmark = pytest.mark.skipif(not PROGRAM.exists(), reason="make check installs pip-audit beside the environment")
FAULT = {
    "id": "PYSEC-2026-1",
    "summary": "it reads what it should not",
    "affected": [
        {
            "package": {"name": "left-pad", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.3"}]}],
        }
    ],
}


class Advisories(http.server.BaseHTTPRequestHandler):
    """Answers as OSV does: one version of one package is vulnerable."""

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        bad = (asked["package"]["name"], asked["version"]) == ("left-pad", "1.2")
        answer = json.dumps({"vulns": [FAULT]} if bad else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        return


@pytest.fixture
def service():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Advisories)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def pins(folder, *lines):
    path = folder / "pins.txt"
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def test_a_vulnerable_version_fails_and_is_named_with_its_remedy(service, tmp_path):
    found = audited(pins(tmp_path, "left-pad==1.2", "numpy==2.4.6"), service)
    assert found.failed
    assert found.words == "left-pad 1.2: PYSEC-2026-1, mended in 1.3"


def test_versions_nobody_warns_of_pass(service, tmp_path):
    found = audited(pins(tmp_path, "left-pad==1.3", "numpy==2.4.6"), service)
    assert not found.failed
    assert found.words == "2 dependencies, none known to be vulnerable."


def test_without_a_service_it_says_that_nothing_was_audited_and_does_not_fail(tmp_path):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    found = audited(pins(tmp_path, "left-pad==1.2"), nobody)
    assert not found.failed
    assert "nothing was audited" in found.words


def test_pins_that_are_none_fail(service, tmp_path):
    found = audited(pins(tmp_path, "left-pad>=1"), service)
    assert found.failed
    assert "audit failed" in found.words
