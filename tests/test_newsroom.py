"""The newsroom that other tests and the demo stand on answers as a real server would."""

import http.client
import itertools
import time
from datetime import UTC, datetime
from email.message import Message
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from monitors.newsroom.server import Newsroom


@pytest.fixture
def newsroom():
    with Newsroom() as room:
        yield room


def get(newsroom: Newsroom, path: str, **headers: str) -> tuple[int, bytes, Message]:
    asked = Request(newsroom.url + path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urlopen(asked, timeout=5) as response:
            return response.status, response.read(), response.headers
    except HTTPError as error:
        return error.code, error.read(), error.headers


def test_a_page_is_served_as_it_was_put(newsroom):
    newsroom.put("/a", "Привіт".encode("cp1251"), content_type="text/html; charset=windows-1251")
    status, body, headers = get(newsroom, "/a")
    assert (status, body.decode("cp1251"), headers["Content-Type"]) == (200, "Привіт", "text/html; charset=windows-1251")


def test_what_was_not_put_or_was_removed_is_not_found(newsroom):
    newsroom.put("/a", "here")
    newsroom.remove("/a")
    assert get(newsroom, "/a")[0] == get(newsroom, "/b")[0] == 404


def test_the_etag_that_was_given_brings_304_until_the_page_changes(newsroom):
    newsroom.put("/a", "one")
    tag = get(newsroom, "/a")[2]["ETag"]
    assert get(newsroom, "/a", If_None_Match=tag)[:2] == (304, b"")
    newsroom.put("/a", "two")
    assert get(newsroom, "/a", If_None_Match=tag)[:2] == (200, b"two")


def test_weak_and_listed_etags_match_and_no_etag_is_sent_when_none_is_wanted(newsroom):
    newsroom.put("/a", "one", etag='W/"x1"')
    assert get(newsroom, "/a", If_None_Match='"y", "x1"')[0] == 304
    newsroom.put("/a", "one", etag=False)
    status, _, headers = get(newsroom, "/a", If_None_Match="*")
    assert (status, headers["ETag"]) == (200, None)


def test_last_modified_brings_304_from_that_second_on(newsroom):
    newsroom.put("/a", "one", etag=False, last_modified=datetime(2026, 2, 5, 10, 0, 0, 700, UTC))
    stamp = get(newsroom, "/a")[2]["Last-Modified"]
    assert stamp == "Thu, 05 Feb 2026 10:00:00 GMT"
    assert get(newsroom, "/a", If_Modified_Since=stamp)[0] == 304
    assert get(newsroom, "/a", If_Modified_Since="Thu, 05 Feb 2026 09:59:59 GMT")[0] == 200
    assert get(newsroom, "/a", If_Modified_Since="yesterday")[0] == 200


def test_an_answer_for_so_many_times_gives_way_to_the_one_before(newsroom):
    newsroom.put("/a", "well")
    newsroom.put("/a", "busy", status=503, headers={"Retry-After": "1"}, times=2)
    assert [get(newsroom, "/a")[0] for _ in range(3)] == [503, 503, 200]


def test_requests_are_recorded_with_headers_status_and_body_and_can_be_forgotten(newsroom):
    newsroom.put("/hook", "", status=204, content_type=None)
    connection = http.client.HTTPConnection(newsroom.url.removeprefix("http://"))
    connection.request("POST", "/hook?x=1", body=b'{"title": "news"}', headers={"X-Id": "7"})
    connection.getresponse().read()
    connection.request("GET", "/nowhere")
    connection.getresponse().read()
    connection.close()
    first, second = newsroom.requests
    assert (first.method, first.path, first.headers["x-id"]) == ("POST", "/hook?x=1", "7")
    assert (first.status, first.body) == (204, b'{"title": "news"}')
    assert (second.path, second.status) == ("/nowhere", 404)
    newsroom.clear()
    assert newsroom.requests == []


def test_an_endless_body_flows_until_the_reader_leaves(newsroom):
    newsroom.put("/endless", lambda: itertools.repeat(b"x" * 65536))
    for _ in range(2):
        with urlopen(newsroom.url + "/endless", timeout=5) as response:
            assert len(response.read(1_000_000)) == 1_000_000


def test_a_delay_is_kept_and_a_hang_up_is_a_hang_up(newsroom):
    newsroom.put("/slow", "late", delay=0.1)
    before = time.monotonic()
    assert get(newsroom, "/slow")[1] == b"late"
    assert time.monotonic() - before >= 0.1
    newsroom.put("/gone", "", status=0)
    with pytest.raises(http.client.RemoteDisconnected):
        urlopen(newsroom.url + "/gone", timeout=5)


def test_a_long_delay_does_not_hold_up_the_end(newsroom):
    newsroom.put("/slow", "late", delay=60)
    with pytest.raises(TimeoutError):
        urlopen(newsroom.url + "/slow", timeout=0.1)
