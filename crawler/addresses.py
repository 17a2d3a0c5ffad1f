"""Find the identity of a page in its address."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit, urlunsplit

LONGEST = 2_000

# Parameters that say how a reader came, never what he reads. Anything else may be the page's identity (?id=, ?p=, ?story=).
TRACKING = re.compile(
    r"""(?:
        utm_\w+ | mtm_\w+ | pk_\w+ | piwik_\w+ | matomo_\w+ | hsa_\w+       # campaigns
      | at_(?:medium|campaign|link_\w+|format|bbc_team|ptr_\w+|custom\d+)   # AT Internet
      | [gf]bclid | gclsrc | dclid | yclid | msclkid | twclid | igshid | ysclid | mc_[ce]id | _hs\w+ | wt_?(?:mc|zmc)(?:_\w+)? | _ga | _gl
      | ns_(?:campaign|mchannel|source|linkname|fee) | cmp(?:id|_?src)? | ito | xtor | ocid | icid | taid | tblci | ref_?src | smid | smtyp
      | traffic_source | at_campaign_type | maca | ncid | spm | s?cid_source | soc_src | soc_trk | guccounter | guce_\w+
    )""",
    re.VERBOSE | re.IGNORECASE,
)
REFERRER = re.compile(
    r"(?:ref|from|source|src|cmp|via)=(?:rss|feed|atom|google\w*|twitter|facebook|social|homepage|newsletter)?", re.IGNORECASE)


def page_url(url: str) -> str:
    """The address without what does not identify the page: fragment, tracking, default port, case of the host.

    >>> page_url("HTTPS://Example.org:443/a?id=7&utm_source=rss#comments")
    'https://example.org/a?id=7'
    >>> page_url("https://example.org/story/1?ref=rss")
    'https://example.org/story/1'
    """
    address = re.sub(r"[\x00-\x20\x7f]+", lambda gap: "%20" if gap[0] == " " else "", url.strip())
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or ""), parts.port
    except ValueError:
        return address[:LONGEST]
    if parts.scheme.lower() not in ("http", "https") or not host:
        return address[:LONGEST]
    scheme = parts.scheme.lower()
    host = f"[{host}]" if ":" in host else host
    place = host if port in (None, {"http": 80, "https": 443}[scheme]) else f"{host}:{port}"
    query = "&".join(pair for pair in parts.query.split("&") if pair and not _is_tracking(pair))
    return urlunsplit((scheme, place, parts.path or "/", query, ""))[:LONGEST]


def join_url(base: str, link: str) -> str:
    """A link as its page means it; empty where it is not an address at all."""
    try:
        return urljoin(base, link)
    except ValueError:
        return ""


def _is_tracking(pair: str) -> bool:
    return bool(TRACKING.fullmatch(pair.split("=", 1)[0]) or REFERRER.fullmatch(pair))
