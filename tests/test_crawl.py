"""A whole crawl seen from outside: whom it trusts, how it is stopped, what it prints."""

from __future__ import annotations

import json
import signal
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from monitors.newsroom.server import Newsroom
from tests.crawling import crawl_apart
from tests.forks import ROOT
from tests.test_outlet import page, rss


def self_signed(directory: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody vouches for, and its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nobody")])
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key(), serial_number=1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (directory / "nobody.pem").write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
    return directory / "nobody.pem"


@pytest.fixture
def impostor(tmp_path: Path) -> Iterator[str]:
    """The address of a server whose certificate is its own word only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.handle_error = lambda request, client_address: None  # type: ignore[method-assign]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"https://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_a_certificate_nobody_vouches_for_is_not_trusted(impostor: str) -> None:
    crawled = crawl_apart([{"name": "impostor", "feeds": [f"{impostor}/rss.xml"]}])
    assert crawled.health["impostor"]["failures"] == {"TLS": 1}
    assert "no trusted TLS connection" in crawled.health["impostor"]["error"]


SLOW_CRAWL = """
import json, sys
from dataclasses import asdict
from crawler.memory import Forgetful
from crawler.outlets import make_outlet
from crawler.run import crawl

outlet = make_outlet(name="slow", feeds=[sys.argv[1]], allow_private=True, delay=300, fetch="all")
health = crawl([outlet], Forgetful(), contact="desk@example.org", progress=lambda one: None)
print(json.dumps(asdict(health["slow"])))
"""


def test_a_signal_ends_a_crawl_in_order_and_gives_the_signal_back() -> None:
    with Newsroom() as newsroom:
        asked = threading.Event()

        def robots() -> Iterator[bytes]:
            asked.set()
            yield b"User-agent: *\nAllow: /\n"

        newsroom.put("/robots.txt", robots)
        newsroom.put("/rss.xml", rss(newsroom.url, ("/a", "A")))
        before = "import signal; before = signal.getsignal(signal.SIGINT)\n"  # ignored where the tests run in the background
        command = [sys.executable, "-c", before + SLOW_CRAWL + "print(signal.getsignal(signal.SIGINT) is before)"]
        crawl = subprocess.Popen([*command, f"{newsroom.url}/rss.xml"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert asked.wait(20)
        crawl.send_signal(signal.SIGTERM)
        out, errors = crawl.communicate(timeout=40)
        health, given_back = out.splitlines()
    assert (crawl.returncode, errors) == (0, "")
    assert "stopped by a signal" in json.loads(health)["errors"][0]
    assert given_back == "True"
    assert "desk@example.org" in newsroom.requests[0].headers["User-Agent"]


def test_so_many_pages_and_no_more() -> None:
    with Newsroom() as newsroom:
        newsroom.put("/rss.xml", rss(newsroom.url, *((f"/{n}", f"Page {n}") for n in range(9))))
        for n in range(9):
            newsroom.put(f"/{n}", page(f"Page {n}"))
        crawled = crawl_apart([{"name": "many", "feeds": [f"{newsroom.url}/rss.xml"]}], newsroom=newsroom, limit=2)
    assert (crawled.health["many"]["status"], crawled.health["many"]["articles"]) == ("ok", 2)


def test_an_outlet_that_will_not_end_is_cut_off_and_said_to_be() -> None:
    with Newsroom() as newsroom:
        newsroom.put("/rss.xml", rss(newsroom.url, ("/a", "A")))
        outlets = [{"name": "endless", "feeds": [f"{newsroom.url}/rss.xml"], "delay": 600}, {"name": "dead", "feeds": ["http://127.0.0.1:1/"]}]
        crawled = crawl_apart(outlets, setup="from crawler import run; run.GRACE = 0.2", settings={"CLOSESPIDER_TIMEOUT": 1})
    assert crawled.health["endless"]["failures"] == {"unfinished": 1}
    assert any("its time was up" in line or "before its turn came" in line for line in crawled.health["endless"]["errors"])
    assert not [url for url in crawled.memory.failures if url.startswith(newsroom.url)], "no fault of the outlet's"
    assert crawled.health["dead"]["failures"] == {"refused": 1}
    assert crawled.seconds < 10



def test_an_outlet_whose_time_is_up_costs_the_others_none_of_theirs_and_is_not_down() -> None:
    with Newsroom() as newsroom:
        newsroom.put("/slow.xml", rss(newsroom.url, *((f"/slow/{number}", str(number)) for number in range(40))))
        for number in range(40):
            newsroom.put(f"/slow/{number}", page("Flood"))
        slow = {"name": "slow", "feeds": [f"{newsroom.url}/slow.xml"], "delay": 0.2}
        crawled = crawl_apart([slow], newsroom=newsroom, budget={"outlet_seconds": 1.5})
    assert crawled.seconds < 5
    assert crawled.health["slow"]["status"] == "partial"
    assert crawled.health["slow"]["errors"][0] == "stopped: the outlet's time was up, the next run goes on"
    assert crawled.memory.failures == {}, "what had no turn is tried again as if it had never been tried"
