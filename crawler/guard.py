"""Keep a crawl inside its bounds: public addresses, http and https, one bounded look-up a host, its pace, no waiting for the dead."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import Counter
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from time import monotonic
from typing import Any, TypeAlias, cast
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, DownloadConnectionRefusedError, DownloadTimeoutError, IgnoreRequest
from scrapy.http import Response
from twisted.internet.address import IPv4Address as TwistedIPv4
from twisted.internet.address import IPv6Address as TwistedIPv6
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from zope.interface import implementer  # type: ignore[import-untyped]

from crawler.health import UNFINISHED
from crawler.memory import Memory

STRIKES = 3
"""So many failures in a row, and a server that has answered before is left alone for the rest of the run."""

TICK = 0.25
"""Seconds between two looks whether the run has ended."""

NAT64 = ip_network("64:ff9b::/96")

GLOBAL_UNICAST = ip_network("2000::/3")
"""All of IPv6 that is given out (RFC 4291, IANA). Outside it lie the old dresses of IPv4 and the old site's own addresses."""


class Refused(IgnoreRequest):
    """A request we do not make. `kind` is the cause it is counted under, the text one line for a person."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


def refuse_url(url: str) -> Refused | None:
    """Why this URL is never asked for, from its text alone; None when it may be.

    >>> refuse_url("https://example.org/rss.xml")
    >>> print(refuse_url("file:///etc/passwd"))
    only http and https are fetched, not file:
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        return Refused("not a URL", f"it is not a URL ({error})")
    if parts.scheme not in {"http", "https"}:
        return Refused("scheme", f"only http and https are fetched, not {parts.scheme}:" if parts.scheme else "it is not a whole URL")
    return None if host else Refused("not a URL", "the URL names no host")


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open internet, also when it is an IPv4 address dressed as IPv6.

    >>> [is_public(a) for a in ("93.184.215.14", "127.0.0.1", "169.254.169.254", "::ffff:10.0.0.1", "fd00::1")]
    [True, False, False, False, False]
    """
    ip = _undress(ip_address(address.partition("%")[0]))
    return ip.is_global and not ip.is_multicast and (ip.version == 4 or ip in GLOBAL_UNICAST)


def _undress(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(ip, IPv4Address):
        return ip
    if ip in NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip


BUSY = "busy"
"""The cause of pages that are left for the next run, because their server asked to come less often."""


Pair: TypeAlias = tuple[str | None, str]
"""An outlet and a server: what one outlet meets there costs no other its pages, however many share the server."""


class Guard:
    """Downloader middleware: refuses before anything leaves the machine, sets each host's pace, and remembers which hosts are down.

    What a request may do stands in its meta: `outlet`, `allow_private`, and `delay`, the seconds between requests to one host. Hosts are
    shared: where outlets or a robots.txt (`crawl_delay`) differ, the slowest pace holds.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._answered: set[Pair] = set()
        self._strikes: Counter[Pair] = Counter()
        self._down: dict[Pair, Exception] = {}
        self._busy: set[Pair] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Guard:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise for what is not fetched; every redirect and every robots.txt comes through here too."""
        if refusal := refuse_url(request.url):
            raise refusal
        self._refuse_known(request)
        if "proxy" not in request.meta:  # a proxy resolves the name itself, and it is the person's own
            await self._refuse_private(urlsplit(request.url).hostname or "", self._may_be_private(request))
        await self._wait_for_turn(request, self._set_pace(request))
        self._refuse_known(request)  # others may have met its host meanwhile

    def _refuse_known(self, request: Request) -> None:
        if down := self._down.get(_pair(request)):
            raise down
        if request.meta.get("page") and _pair(request) in self._busy:
            raise _busy()

    def _may_be_private(self, request: Request) -> bool:
        return bool(request.meta.get("allow_private", getattr(self.crawler.spider, "allow_private", False)))

    def _set_pace(self, request: Request) -> float:
        """Give the host its slot in the downloader; a redirect leaves that of the host it came from. The seconds between two requests."""
        host, downloader = _server(request), self.crawler.engine.downloader
        request.meta["download_slot"] = host
        asked = (request.meta.get("delay"), request.meta.get("crawl_delay"))
        delay = max((float(seconds) for seconds in asked if seconds is not None), default=downloader.settings.getfloat("DOWNLOAD_DELAY"))
        pace = downloader.per_slot_settings.setdefault(host, {"delay": delay, "concurrency": _side_by_side(delay)})
        if delay > pace["delay"]:
            pace.update(delay=delay, concurrency=_side_by_side(delay))
        if slot := downloader.slots.get(host):
            slot.delay, slot.concurrency = pace["delay"], pace["concurrency"]
        return float(pace["delay"])

    async def _wait_for_turn(self, request: Request, delay: float) -> None:
        """Keep the pace with all who ask this host, on whatever machine: the slot of the downloader knows of this process alone."""
        memory: Memory | None = getattr(self.crawler.spider, "memory", None)
        if not delay or memory is None:
            return
        until = monotonic() + memory.turn(_server(request), delay)
        while (left := until - monotonic()) > 0:
            if not self.crawler.crawling:
                raise Refused(UNFINISHED, "the run ended before its turn came")
            await asyncio.sleep(min(left, TICK))

    async def _refuse_private(self, host: str, allowed: bool) -> None:
        from twisted.internet import reactor

        found: LookUp = await cast(Any, reactor).nameResolver.look_up(host)
        if not found.addresses:
            raise CannotResolveHostError(found.problem)
        private = [address for address in found.addresses if not is_public(address)]
        if private and not allowed:
            named = host if host == private[0] else f"{host} ({private[0]})"
            raise Refused("private address", f"{named} is a private address; allow_private = true would allow it")

    def process_response(self, request: Request, response: Response) -> Response:
        self._answered.add(_pair(request))
        self._strikes.pop(_pair(request), None)
        if response.status == 429 and request.meta.get("page"):
            self._leave(_pair(request))
        return response

    def _leave(self, pair: Pair) -> None:
        """Ask a server for no more pages of this outlet, those that wait for their turn included."""
        self._busy.add(pair)
        if slot := self.crawler.engine.downloader.slots.get(pair[1]):
            for request, answer in list(slot.queue):
                if request.meta.get("page") and _pair(request) == pair:
                    slot.queue.remove((request, answer))
                    answer.errback(_busy())

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Count a server's failures: one that never answered is not asked again in this run, so that it costs one time-out only.

        It is asked again where it was this process that stood still meanwhile, with its machine perhaps: no server is late then.
        """
        if isinstance(exception, IgnoreRequest):
            return None
        if isinstance(exception, DownloadTimeoutError) and self._has_just_woken():
            return request.replace(dont_filter=True)
        pair = _pair(request)
        self._strikes[pair] += 1
        unreachable = isinstance(exception, CannotResolveHostError | DownloadConnectionRefusedError | DownloadTimeoutError)
        if self._strikes[pair] >= STRIKES or (unreachable and pair not in self._answered):
            self._down.setdefault(pair, exception)
        return None

    def _has_just_woken(self) -> bool:
        """Whether what times out now was under way when the process stood still."""
        woke: float | None = getattr(self.crawler.spider, "woke", None)
        return woke is not None and monotonic() - woke < self.crawler.settings.getfloat("DOWNLOAD_TIMEOUT")


def _side_by_side(delay: float) -> int:
    """Requests to one host at a time: two are hardly noticed; whoever says 0 seconds knows the host, usually their own."""
    return 2 if delay else 16


def _busy() -> Refused:
    return Refused(BUSY, "the server asked us to come less often: left for the next run")


def _pair(request: Request) -> Pair:
    return request.meta.get("outlet"), _server(request)


def _server(request: Request) -> str:
    return urlsplit(request.url).netloc


@dataclass(frozen=True)
class LookUp:
    """The addresses of a host; without any, the problem says why."""

    addresses: tuple[str, ...]
    problem: str = ""


@implementer(IHostnameResolver)
class Resolver:
    """Look each host up once a process, in a daemon thread of its own, within DNS_TIMEOUT.

    What was found holds for the whole run: the addresses `Guard` has judged are those that are connected to, whatever the name says a
    second later. That a host cannot be found is remembered as well. A look-up that hangs holds up neither the run nor its exit.
    """

    def __init__(self, reactor: Any, timeout: float) -> None:
        self.reactor = reactor
        self.timeout = timeout
        self._known: dict[str, asyncio.Future[LookUp]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> Resolver:
        return cls(reactor, crawler.settings.getfloat("DNS_TIMEOUT"))

    def install_on_reactor(self) -> None:
        self.reactor.installNameResolver(self)

    async def look_up(self, host: str) -> LookUp:
        return await asyncio.shield(self._begin(host))

    def resolveHostName(  # Twisted's names: it connects through here
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: object = None,
        transportSemantics: str = "TCP",
    ) -> _Resolution:
        resolution = _Resolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        self._begin(hostName).add_done_callback(lambda found: _deliver(found.result(), resolutionReceiver, portNumber))
        return resolution

    def _begin(self, host: str) -> asyncio.Future[LookUp]:
        if host not in self._known:
            loop = asyncio.get_event_loop()
            self._known[host] = future = loop.create_future()
            loop.call_later(self.timeout, _settle, future, LookUp((), f"the host name was not resolved within {self.timeout:g} s"))
            threading.Thread(target=_look_up, args=(host, loop, future), daemon=True).start()
        return self._known[host]


def _look_up(host: str, loop: asyncio.AbstractEventLoop, future: asyncio.Future[LookUp]) -> None:
    try:
        rows = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        found = LookUp(tuple(dict.fromkeys(str(row[4][0]) for row in rows)))
    except (OSError, UnicodeError) as error:
        found = LookUp((), getattr(error, "strerror", None) or str(error))
    try:
        loop.call_soon_threadsafe(_settle, future, found)
    except RuntimeError:  # the run is over, nobody waits
        return


def _settle(future: asyncio.Future[LookUp], found: LookUp) -> None:
    if not future.done():
        future.set_result(found)


def _deliver(found: LookUp, receiver: Any, port: int) -> None:
    for address in found.addresses:
        kind = TwistedIPv6 if ":" in address else TwistedIPv4
        receiver.addressResolved(kind("TCP", address, port))
    receiver.resolutionComplete()


@implementer(IHostResolution)
class _Resolution:
    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """The look-up goes on for whoever else waits for it; its own time-out ends it."""
