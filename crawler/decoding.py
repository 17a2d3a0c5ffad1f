"""Decode the bytes of a page or feed, whatever they claim to be."""

from __future__ import annotations

import codecs
import re
from itertools import islice

BOMS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
DECLARED = re.compile(rb"""(?:<meta[^>]{1,300}?charset|<\?xml[^>]{1,200}?encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
LANGUAGE = re.compile(rb"""<[^>]{1,400}?\b(?:xml:)?lang\s*=\s*["']?([a-zA-Z]{2})\b|<language>\s*([a-zA-Z]{2})""")
# What the web means by these names: https://encoding.spec.whatwg.org/#names-and-labels
MEANT = {
    "iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs", "koi8-r": "koi8-u"}
# The code pages that were in use for a language before UTF-8.
PAGES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("uk", "ru", "be", "bg", "sr", "mk", "kk"), ("cp1251", "koi8-u", "cp866", "iso8859-5", "mac-cyrillic")),
    **dict.fromkeys(("pl", "cs", "sk", "hu", "ro", "hr", "sl"), ("cp1250", "iso8859-2")),
    **dict.fromkeys(("lt", "lv", "et"), ("cp1257",)),
    "tr": ("cp1254",), "az": ("cp1254",), "el": ("cp1253",), "he": ("cp1255",), "ar": ("cp1256",), "fa": ("cp1256",), "vi": ("cp1258",),
    "ja": ("cp932", "euc_jp"), "ko": ("cp949",), "zh": ("gb18030", "big5hkscs"), "th": ("cp874",)}
ANYWHERE = ("cp1252", "cp1251", "koi8-u")
STRAY = 0.02
"""Share of unreadable bytes among the non-ASCII ones up to which an encoding is believed: a cut, a pasted comment."""
SAMPLE = 8_000


def decode(body: bytes, content_type: str | None = None) -> str:
    """The text of `body`: byte order mark, UTF-8 if it validates, then what was declared if it reads well, then the best guess.

    Never raises; what cannot be read becomes U+FFFD, NUL bytes go.

    >>> decode("Зеленський".encode("cp1251"), "text/html; charset=utf-8")
    'Зеленський'
    """
    for bom, encoding in BOMS:
        if body.startswith(bom):
            return body[len(bom):].decode(encoding, "replace").replace("\x00", "")
    if wide := _wide(body):
        return body.decode(wide, "replace").replace("\x00", "")
    declared = _declared(body, content_type)
    if any(name.startswith("iso2022") for name in declared) and b"\x1b$" in body:
        return body.decode("iso2022_jp_ext", "replace")
    try:
        return body.decode("utf-8").replace("\x00", "")
    except UnicodeDecodeError:
        return body.decode(_choose(body, declared), "replace").replace("\x00", "")


def storable(text: str) -> str:
    """Text without what no database and no encoder takes: escapes in JSON can spell control characters and halves of letters.

    >>> storable("12 killed\\x00")
    '12 killed '
    """
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", " ", text)


def letters_of(text: str) -> str:
    """Letters and digits alone, all small: how lines of a page are compared.

    >>> letters_of("At least 12 dead – BBC")
    'atleast12deadbbc'
    """
    return re.sub(r"[\W_]+", "", text).lower()


def _wide(body: bytes) -> str | None:
    """UTF-16 without its mark: every second byte of a page's head is NUL."""
    head = body[:400]
    low, high = head[1::2].count(0), head[::2].count(0)
    if len(head) < 8 or max(low, high) < len(head) * 0.1 or min(low, high) > max(low, high) * 0.2:
        return None
    return "utf-16-le" if low > high else "utf-16-be"


def _declared(body: bytes, content_type: str | None) -> list[str]:
    """Python's names of the encodings that header, meta and XML declaration name, in this order."""
    header = re.search(r"""charset\s*=\s*["']?([\w.:-]+)""", content_type or "", re.IGNORECASE)
    labels = [header[1]] if header else []
    labels += [label.decode("ascii") for label in DECLARED.findall(body[:8192])]
    names = []
    for label in labels:
        try:
            name = codecs.lookup(label).name
        except LookupError:
            continue
        names.append(MEANT.get(name, name))
    return list(dict.fromkeys(names))


def _choose(body: bytes, declared: list[str]) -> str:
    """The encoding of bytes that are not clean UTF-8. A cut or a stray byte does not change it."""
    places = (place[0] for place in re.finditer(rb"[A-Za-z]{0,20}[\x80-\xff][^<>{}\x00-\x1f]*", body))
    sample = b" ".join(islice(places, SAMPLE // 20))[:SAMPLE]
    if _unreadable(sample, "utf-8") <= STRAY:
        return "utf-8"
    language = LANGUAGE.search(body[:8192])
    likely = PAGES.get((language[1] or language[2]).decode("ascii").lower(), ()) if language else ()
    claimed = [name for name in declared if name not in ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7")]
    order = [*likely, *claimed] if claimed[:1] == ["cp1252"] else [*claimed, *likely]  # cp1252 is what servers say that were never told
    candidates = [name for name in dict.fromkeys((*order, *ANYWHERE)) if _unreadable(sample, name) <= STRAY]
    if not candidates:
        return _guess(sample) or "utf-8"
    return min(candidates, key=lambda name: _strangeness(sample.decode(name, "replace")))  # the first of equals: what was claimed


def _unreadable(sample: bytes, encoding: str) -> float:
    """Share of the non-ASCII bytes that the encoding cannot read. Against the whole file a lie drowns in ASCII markup."""
    try:
        text = sample.decode(encoding, "replace")
    except (LookupError, UnicodeError, AssertionError):
        return 1.0
    return text.count("\ufffd") / max(1, len(re.sub(rb"[\x00-\x7f]+", b"", sample)))


STRANGE = re.compile(
    r"""
      [À-ÖØ-öø-ÿ]{3,}                   # Cyrillic read as Latin: no language doubles its accents like this
    | [A-Za-z][\u0400-\u04ff]           # Latin read as Cyrillic: mixed scripts in a word
    | [\u0400-\u04ff][A-Za-z]
    | [а-яґєії][А-ЯҐЄІЇ]                # KOI8 read as windows-1251 and back: case turns round
    | [\x80-\x9f]                       # control characters
    | [^\W\d_][¡-µ¶¸-¿÷×†‡‰€™][^\W\d_]   # a sign inside a word
    | [^\W\d_][¡¢¥¦¬¯±¶¸¼¾¿÷×]             # or at its end
    | [^\W\d_]\.?[¹²³]\.?[^\W\d_]
    | [\u2500-\u259f]                   # drawn boxes
    """,
    re.VERBOSE,
)


def _strangeness(text: str) -> int:
    """How many places of `text` no writer would have produced."""
    return sum(len(place[0]) for place in STRANGE.finditer(text))


def _guess(sample: bytes) -> str | None:
    from charset_normalizer import from_bytes  # only for undeclared multi-byte text: 30 ms to import

    best = from_bytes(sample).best()
    return str(best.encoding) if best else None
