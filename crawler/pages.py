"""Read a page: bytes -> Article."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from lxml import html

from crawler.addresses import page_url
from crawler.article import Article
from crawler.body import parse_markup, read_body
from crawler.decoding import decode
from crawler.errors import NotAnArticle, find_disguise
from crawler.head import Head, read_head

LIMIT = 20_000_000


def read_article(
    body: bytes, url: str, *, outlet: str = "", content_type: str | None = None, doubts: Callable[[str], bool] | None = None
) -> Article:
    """The article that `url` answered with; raises NotAnArticle saying what it is instead.

    `doubts` says of the first reading's text whether a second, independent one is worth its time; without it there always is one.
    Then `core` holds the lines on which both agree, otherwise the whole text.
    """
    if disguise := find_disguise(body, LIMIT):
        raise NotAnArticle(disguise)
    tree = parse_markup(decode(body, content_type))
    if tree is None:
        raise NotAnArticle("it is not an HTML page")
    head = read_head(tree, url)
    lines = read_body(tree, head.titles, [moment for moment in (head.published, head.modified) if moment], free=head.free)
    text = "\n".join(lines)
    if not head.titles:
        raise NotAnArticle("it has no title" if lines else "it has neither title nor text")
    core = "\n".join(_agreed(lines, head, _read_again(tree))) if doubts is None or doubts(text) else text
    return Article(
        outlet=outlet, url=page_url(url), title=head.titles[0], text=text, published=head.published, modified=head.modified,
        language=head.language, authors=head.authors, section=head.section, alt_titles=head.titles[1:], core=core,
        canonical_url=head.canonical_url, live=head.live, free=head.free)


def _read_again(tree: html.HtmlElement) -> str:
    """trafilatura's reading of the same tree, which shares neither code nor method with ours."""
    from trafilatura import bare_extraction  # 0.3 s to import; most runs never need it

    try:
        document = bare_extraction(tree, fast=True, include_comments=False, include_tables=True)
    except (ValueError, RecursionError, AttributeError, TypeError):
        return ""
    text = getattr(document, "text", None)
    return text if isinstance(text, str) else ""


def _agreed(lines: Iterable[str], head: Head, again: str) -> list[str]:
    """Lines that the second reading, or the page's own description of itself, holds as well."""
    other = _letters("\n".join((again, *head.texts, *head.titles)))
    return [line for line in lines if _letters(line) in other or _mostly_in(line, other)]


def _mostly_in(line: str, other: str) -> bool:
    """Sentences count one by one, since readers cut lines differently; all that hold a digit must be there."""
    sentences = [sentence for sentence in re.split(r"(?<=[.!?…])\s+|\s\|\s", line) if _letters(sentence)]
    missing = [sentence for sentence in sentences if _letters(sentence) not in other]
    return not any(re.search(r"\d", sentence) for sentence in missing) and len(missing) <= 0.3 * len(sentences)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()
