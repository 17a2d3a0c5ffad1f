"""What stats say of a crawl, and what failures say of themselves."""

from __future__ import annotations

import pytest
from scrapy import Request
from scrapy.exceptions import DownloadFailedError, IgnoreRequest
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.causes import explain, one_line
from crawler.health import read_health

OWN = "outlet/example/"
ENDED = {"finish_reason": "finished", f"{OWN}open": 0, f"{OWN}seconds": 1.235, "outlet/another/feeds_failed": 1}


@pytest.mark.parametrize(
    ("stats", "status"),
    [
        ({"feeds_had": 1, "fetched": 4, "pages_had": 3, "articles": 3}, "ok"),
        ({"feeds_had": 1, "not_modified": 1}, "unchanged"),
        ({"feeds_had": 1, "not_modified": 3, "pages_had": 2}, "unchanged"),
        ({"feeds_had": 1, "fetched": 2, "pages_had": 1, "articles": 1, "cause/robots": 1}, "ok"),
        ({"feeds_had": 1, "feeds_failed": 1, "cause/DNS": 1, "fetched": 1}, "partial"),
        ({"feeds_had": 1, "pages_failed": 1, "cause/4xx": 1, "fetched": 1}, "partial"),
        ({"feeds_had": 1, "pages_failed": 3, "cause/4xx": 3, "fetched": 1}, "failed"),
        ({"feeds_failed": 2, "cause/DNS": 2}, "failed"),
        ({"cause/error of ours": 1, "fetched": 1}, "failed"),
        ({"feeds_failed": 1, "cause/robots": 1}, "refused"),
        ({"feeds_failed": 2, "cause/robots": 1, "cause/DNS": 1}, "failed"),
        ({"feeds_failed": 1, "cause/resting": 1}, "resting"),
        ({"feeds_had": 1, "cause/tdm": 4, "cause/busy": 2, "articles": 1}, "partial"),
        ({}, "failed"),
    ],
)
def test_a_crawl_is_judged_by_its_stats(stats: dict[str, int], status: str) -> None:
    health = read_health("example", ENDED | {f"{OWN}{key}": count for key, count in stats.items()})
    assert health.status == status
    assert health.seconds == 1.235


@pytest.mark.parametrize(
    ("reason", "words"), [("closespider_timeout", "its time was up"), ("shutdown", "by a signal"), (None, "the run was cut off")]
)
def test_a_crawl_that_was_stopped_says_so(reason: str | None, words: str) -> None:
    health = read_health("example", {f"{OWN}feeds_had": 1, f"{OWN}fetched": 1, f"{OWN}open": 2, "finish_reason": reason})
    assert (health.status, health.failures) == ("partial", {"unfinished": 1})
    assert words in (health.error or "")


def test_a_feed_s_failure_is_told_before_a_page_s() -> None:
    stats = ENDED | {f"{OWN}page_errors": ("https://example.org/a: gone",), f"{OWN}feed_errors": ("https://example.org/rss: DNS",)}
    assert read_health("example", stats).error == "https://example.org/rss: DNS"


def answered(status: int, **headers: str) -> HttpError:
    return HttpError(Response("https://example.org/", status=status, headers=headers, request=Request("https://example.org/")))


@pytest.mark.parametrize(
    ("error", "kind", "text"),
    [
        (answered(403), "4xx", "the server refuses us (HTTP 403)"),
        (answered(418), "4xx", "the server does not give it (HTTP 418)"),
        (answered(502), "5xx", "the server failed (HTTP 502)"),
        (answered(302, Location="ftp://a\x1b[2J/"), "redirect", "redirects to ftp://a?[2J/, where we do not go (HTTP 302)"),
        (IgnoreRequest("Forbidden by robots.txt"), "robots", "robots.txt forbids it"),
        (DownloadFailedError("[<Error: [('SSL routines', '', 'certificate verify failed')]>]"), "TLS", "certificate verify failed"),
        (OSError("No route to host"), "connection", "the connection failed (No route to host)"),
        (OSError(), "connection", "the connection failed (OSError)"),
    ],
)
def test_a_failure_is_one_line_and_one_cause(error: Exception, kind: str, text: str) -> None:
    cause = explain(error)
    assert cause.kind == kind
    assert text in cause.text


def test_strangers_text_is_fit_for_a_log() -> None:
    assert one_line("a\r\nb\x00\u202ec") == "a b??c"
    assert len(one_line("x" * 10_000)) == 300
