"""Ask each host who may read it, once a day, and keep to what it says: robots.txt, and reservations of text and data mining (TDM)."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.guard import Refused
from crawler.health import UNFINISHED
from crawler.memory import Forgetful, Memory, Terms
from crawler.settings import ROBOTSTXT_USER_AGENT as AGENT

LONGEST = 500 * 1024
"""Of a robots.txt so much is read (RFC 9309, 2.5)."""
MOST_RULES, LONGEST_PATTERN = 1_000, 500
"""Of a tdmrep.json."""
SLOWEST = 30.0
"""Seconds of Crawl-delay that are kept at most: with more of them a run would read nothing."""
RESERVED = Refused("tdm", "its publisher reserves text and data mining")


class Permission:
    """Downloader middleware: refuses what a host's own words forbid. A page (`meta["page"]`) is asked of tdmrep.json as well.

    No robots.txt (404) allows everything; one that cannot be had just now (503, 429) allows nothing, unless an older one is known.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._asked: dict[tuple[str, str], asyncio.Future[Protego]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Permission:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):  # as a developer may say on the command line, of a server of their own
            raise NotConfigured
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise for what is forbidden; every redirect comes through here too."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        host, url = origin(request.url), request.url
        robots = await self._once("robots", host, self._ask_robots, request)
        if not robots.can_fetch(url, AGENT):
            raise Refused("robots", "robots.txt forbids it")
        if delay := robots.crawl_delay(AGENT):
            request.meta["crawl_delay"] = min(delay, SLOWEST)
        if request.meta.get("page"):
            tdm = await self._once("tdm", host, self._ask_tdm, request)
            if not tdm.can_fetch(url, AGENT):
                raise RESERVED

    async def _once(self, what: str, host: str, ask: Callable[[str, Request], Awaitable[str]], request: Request) -> Protego:
        """What a host said, asked for once a run; whoever comes meanwhile waits for the same answer."""
        if (what, host) not in self._asked:
            self._asked[what, host] = asyncio.ensure_future(_parse(ask(host, request)))
        return await asyncio.shield(self._asked[what, host])

    async def _ask_robots(self, host: str, request: Request) -> str:
        known = self._memory.terms(host)
        if known and known.fresh:
            return known.robots
        try:
            response = await self._get(f"{host}/robots.txt", request)
        except Exception:
            if known is None:
                raise
            return known.robots
        if response is not None and (response.status == 429 or response.status >= 500):
            if known:
                return known.robots
            status = response.status
            raise Refused(f"{status // 100}xx", f"robots.txt cannot be had (HTTP {status}), so nothing else is asked for")
        text = _text(response)
        self._memory.keep_terms(host, Terms(robots=text))
        return text

    async def _ask_tdm(self, host: str, request: Request) -> str:
        known = self._memory.terms(host) or Terms()
        if known.fresh and known.reserved:
            return EVERYTHING
        if known.fresh and known.tdm is not None:
            return known.tdm
        try:
            rules = read_tdmrep(_text(await self._get(f"{host}/.well-known/tdmrep.json", request)))
        except IgnoreRequest:
            raise
        except Exception:  # the page itself will say what is wrong with the host
            return ""
        self._memory.keep_terms(host, replace(known, tdm=rules, fresh=True))
        return rules

    async def _get(self, url: str, request: Request) -> Response | None:
        """None where we are led to where we do not go: then there is no such file."""
        carried: dict[str, Any] = {key: request.meta[key] for key in ("outlet", "allow_private", "delay") if key in request.meta}
        own = Request(url, priority=1000, callback=NO_CALLBACK, meta={**carried, "dont_obey_robotstxt": True})
        try:
            return await self.crawler.engine.download_async(own)
        except Refused as refusal:
            if refusal.kind == UNFINISHED:
                raise
            return None

    @property
    def _memory(self) -> Memory:
        memory: Memory = getattr(self.crawler.spider, "memory", None) or Forgetful()
        return memory


async def _parse(text: Awaitable[str]) -> Protego:
    return Protego.parse(await text)


def _text(response: Response | None) -> str:
    if response is None or response.status != 200:
        return ""
    return response.body[:LONGEST].decode("utf-8-sig", "ignore")


EVERYTHING = "User-agent: *\nDisallow: /"


def read_tdmrep(text: str) -> str:
    """The rules of a tdmrep.json (https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/) in the words of robots.txt.

    Their patterns are written alike, and the most exact one counts. What is no such file holds no rules.

    >>> print(read_tdmrep('[{"location": "/news/*", "tdm-reservation": 1}]'))
    User-agent: *
    Disallow: /news/*
    """
    try:
        rules = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    lines = ["User-agent: *"]
    for rule in rules[:MOST_RULES] if isinstance(rules, list) else ():
        pattern = rule.get("location") if isinstance(rule, dict) else None
        if isinstance(pattern, str) and pattern.startswith("/") and len(pattern) <= LONGEST_PATTERN and pattern.isprintable():
            lines.append(f"{'Disallow' if rule.get('tdm-reservation') in (1, '1') else 'Allow'}: {pattern}")
    return "\n".join(lines) if len(lines) > 1 else ""


def reserves(header: str | None, body: bytes) -> bool:
    """Whether a page reserves itself, in its `tdm-reservation` header or meta element.

    >>> reserves(None, b'<meta content="1" name="tdm-reservation">')
    True
    """
    if header is not None:
        return header == "1"
    found = META.search(body[:200_000])
    return found is not None and CONTENT.search(found[0]) is not None


META = re.compile(rb"""<meta\b[^>]{0,300}\bname\s*=\s*["']?tdm-reservation\b[^>]{0,300}>""", re.IGNORECASE)
CONTENT = re.compile(rb"""\bcontent\s*=\s*["']?\s*1\s*["'\s/>]""", re.IGNORECASE)


def origin(url: str) -> str:
    """Scheme and place of an address: what a robots.txt speaks for (RFC 9309, 2.3).

    >>> origin("https://example.org:8443/a?b")
    'https://example.org:8443'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"
