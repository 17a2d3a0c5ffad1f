"""What a crawl says of bytes it could not read: one line for a person."""

from __future__ import annotations


class Unreadable(Exception):
    """Bytes that are not what they were asked for; the message is the cause, in one line, without the URL."""


class NotAFeed(Unreadable):
    """Neither RSS, Atom, RDF nor JSON Feed."""


class NotASitemap(Unreadable):
    """Neither a sitemap nor an index of sitemaps."""


class NotAListing(Unreadable):
    """A page or answer of an outlet's listing without what is known to stand there."""


class NotAnArticle(Unreadable):
    """No page with a title and a text."""


MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"\x1f\x8b", "gzip data"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a media file"),
    (b"ID3", "a sound file"),
    (b"\xd0\xcf\x11\xe0", "an Office document"),
    (b"(\xb5/\xfd", "zstd data"),
)


def find_disguise(body: bytes, limit: int) -> str | None:
    """Why these bytes cannot be text worth reading, or None.

    >>> find_disguise(b"%PDF-1.7 ...", limit=1_000_000)
    'it is a PDF'
    """
    head = body[:1024].lstrip(b"\x00\t\n\r\x0c \xef\xbb\xbf")
    if not head and not body.strip(b"\x00\t\n\r\x0c \xef\xbb\xbf"):
        return "it is empty"
    if len(body) > limit:
        return f"it is {len(body) / 1_000_000:.0f} MB, more than the {limit / 1_000_000:.0f} MB that are read"
    return next((f"it is {what}" for magic, what in MAGIC if head.startswith(magic)), None)
