"""What a server's answer asks of whoever comes again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from scrapy import Request
from scrapy.http import Response

from crawler.courtesy import conditions, find_new_address, find_rest, read_validators
from crawler.memory import Rest, Validators


def answer(status: int = 200, body: bytes = b"<rss/>", **headers: str) -> Response:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response("https://example.org/rss.xml", status=status, headers=given, body=body, request=Request("https://example.org/rss.xml"))


def redirected(*reasons: int | str) -> Response:
    request = Request("https://example.org/new.xml", meta={"redirect_reasons": list(reasons)} if reasons else {})
    return Response(request.url, request=request)


def ttl(minutes: str) -> bytes:
    return f"<rss><channel><ttl>{minutes}</ttl><item><ttl>1</ttl></item></channel></rss>".encode()


@pytest.mark.parametrize(
    ("response", "minutes"),
    [
        (answer(Cache_Control="max-age=600"), 9),
        (answer(Cache_Control="public, s-maxage=9, MAX-AGE=600"), 9),
        (answer(Cache_Control='max-age="600"', Age="120"), 7),
        (answer(304, b"", Cache_Control="max-age=600"), 9),
        (answer(Cache_Control="max-age=86400"), 59),
        (answer(body=ttl("30")), 29),
        (answer(body=ttl("30"), Cache_Control="max-age=600"), 29),
        (answer(body=ttl("999999"), Cache_Control="max-age=99999999999999999999"), 59),
    ],
)
def test_a_fresh_feed_is_left_alone_for_as_long_as_it_says_within_an_hour(response: Response, minutes: int) -> None:
    assert find_rest(response) == Rest("fresh", timedelta(minutes=minutes))


@pytest.mark.parametrize(
    "response",
    [
        answer(),
        answer(Cache_Control="max-age=60"),
        answer(Cache_Control="no-cache, max-age=600"),
        answer(Cache_Control="no-store", Expires="Thu, 01 Jan 2099 00:00:00 GMT"),
        answer(Cache_Control="max-age=-5"),
        answer(Cache_Control="max-age=٣٠٠"),
        answer(Cache_Control="max-age=600", Age="900"),
        answer(Cache_Control="max-age=600", Age="soon"),
        answer(body=b"<rss><channel><item><ttl>60</ttl></item></channel></rss>"),
        answer(429),
        answer(503, Retry_After="soon"),
        answer(503, Retry_After="0"),
        answer(404, Cache_Control="max-age=600"),
        answer(500, ttl("60")),
        answer(503, Retry_After="Thu, 05 Feb 2026 10:00:00 GMT", Date="Thu, 05 Feb 2026 10:30:00 GMT"),
    ],
)
def test_whoever_asks_for_nothing_is_asked_by_the_next_run(response: Response) -> None:
    assert find_rest(response) is None


@pytest.mark.parametrize(
    ("response", "rest"),
    [
        (answer(429, Retry_After="120"), timedelta(minutes=2)),
        (answer(503, Retry_After="Thu, 05 Feb 2026 11:00:00 GMT", Date="Thu, 05 Feb 2026 10:30:00 GMT"), timedelta(minutes=30)),
        (answer(503, Retry_After="99999999999"), timedelta(days=1)),
        (answer(429, Retry_After="Thu, 05 Feb 2099 11:00:00 GMT", Date="Thu, 05 Feb 2026 10:30:00 GMT"), timedelta(days=1)),
    ],
)
def test_a_busy_server_is_left_alone_for_as_long_as_it_asks_within_a_day(response: Response, rest: timedelta) -> None:
    assert find_rest(response) == Rest("busy", rest)


def test_a_feed_that_is_gone_is_asked_again_after_a_day() -> None:
    assert find_rest(answer(410)) == Rest("gone", timedelta(days=1))


@pytest.mark.parametrize(
    ("steps", "moved"),
    [((), False), ((301,), True), ((308, 301), True), ((302,), False), ((301, 302), False), ((301, "meta refresh"), False)],
)
def test_an_address_has_moved_only_where_every_step_is_for_good(steps: tuple[int | str, ...], moved: bool) -> None:
    assert find_new_address(redirected(*steps)) == ("https://example.org/new.xml" if moved else None)


def test_what_a_server_gave_is_sent_back_and_what_cannot_be_is_not_kept() -> None:
    given = read_validators(answer(ETag='W/"5"', Last_Modified="Thu, 05 Feb 2026 10:30:00 GMT"))
    assert conditions(given) == {"If-None-Match": 'W/"5"', "If-Modified-Since": "Thu, 05 Feb 2026 10:30:00 GMT"}
    assert read_validators(answer(ETag='"' + "x" * 2000 + '"', Last_Modified="a\x01b")) == Validators(body_sha256=given.body_sha256)
    assert conditions(None) == {}
