"""Make printed text plain, and remember where every character came from."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# One character for one: no offsets move.
PLAIN = {
    **dict.fromkeys("‘’‛ʼ′´`＇", "'"),
    **dict.fromkeys("“”„‟«»″＂", '"'),
    **dict.fromkeys("\u00a0\u2007\u2009\u202f\u2002\u2003\u2004\u2005\u2006\u2008\u200a\u3000\t\r\x0b\x0c\u0085", " "),
    **dict.fromkeys("\u2028\u2029", "\n"),
    **dict.fromkeys("‐‑‒–−﹣－", "-"),
    "―": "—",
    "，": ",",
    "％": "%",
}
VARIANT = re.compile(f"[{''.join(map(re.escape, PLAIN))}]")
# Invisible characters, which vanish, and letters that are several ("ﬁ") or other numerals, which change.
ODD = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufb00-\ufb06０-９٠-٩۰-۹०-९০-৯\U0001d7ce-\U0001d7ff]")


# A line break within a sentence, around words that were set apart as a link or in bold: a space beside it, and no sentence ends or begins.
BROKEN = re.compile(r"(?<=[^\W_]|[,)\"'%])(?: \n {0,2}|\n {1,2})(?=([^\W_]|[,(\"'–—-]))|(?<=[^\W_])\n(?=[,.;] )|(?<=,)[ \n]{1,6}(?=[—–-] )")


def _rejoined(found: re.Match[str]) -> str:
    begins = found[1] or ""
    return found[0].replace("\n", " ") if not begins.isalpha() or begins.islower() else found[0]


@dataclass(frozen=True)
class Cleaned:
    """Text to read, and for each of its characters the offset in the text as printed (None: the same)."""

    text: str
    origin: tuple[int, ...] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where text[start:end] stands in the text as printed."""
        if self.origin is None or start >= end:
            return start, end
        return self.origin[start], self.origin[end - 1] + 1


def clean(printed: str) -> Cleaned:
    """Replace typographic variants by plain characters and drop invisible ones.

    >>> cleaned = clean("5\u00ad5,000 soldiers")
    >>> cleaned.text, cleaned.span(0, 6)
    ('55,000 soldiers', (0, 7))
    """
    text = BROKEN.sub(_rejoined, VARIANT.sub(lambda found: PLAIN[found[0]], printed))
    if ODD.search(text) is None:
        return Cleaned(text, None)
    pieces: list[str] = []
    origin: list[int] = []
    for offset, character in enumerate(text):
        plain = _spell_out(character) if ODD.match(character) else character
        pieces.append(plain)
        origin.extend([offset] * len(plain))
    return Cleaned("".join(pieces), tuple(origin))


def _spell_out(character: str) -> str:
    if character.isdigit():
        return str(unicodedata.digit(character))
    return unicodedata.normalize("NFKC", character) if character.isalpha() else ""
