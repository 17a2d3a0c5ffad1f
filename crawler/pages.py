"""Read a page: bytes -> Article."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from lxml import html

from crawler.addresses import page_url
from crawler.article import Article
from crawler.body import Known, parse_markup, read_body
from crawler.decoding import decode
from crawler.errors import NotAnArticle, find_disguise
from crawler.head import Head, read_head

LIMIT = 20_000_000
CONSENT = re.compile(r"(?:^|[^a-z])(?:consent|cookie-?wall|gdpr|captcha|cdn-cgi/challenge)")
THIN = 200
"""Letters under which our reading of a body is checked by the other one, whoever doubts it."""


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
    stamps = [moment for moment in (head.published, head.modified) if moment]
    lines = read_body(tree, Known(head.titles, stamps, head.authors, head.free))
    again = None
    if len("".join(lines)) < THIN:
        again = _read_again(tree)
        lines = max(lines, again.split("\n") if len(again) > THIN else [], key=lambda reading: len("".join(reading)))
    if cause := _find_cause(tree, head, lines):
        raise NotAnArticle(cause)
    text = core = "\n".join(lines)
    if doubts is None or doubts(text):
        core = "\n".join(_agreed(lines, head, _read_again(tree) if again is None else again))
    return Article(
        outlet=outlet, url=page_url(url), title=head.titles[0], text=text, published=head.published, modified=head.modified,
        language=head.language, authors=head.authors, section=head.section, alt_titles=head.titles[1:], core=core,
        canonical_url=head.canonical_url, live=head.live, free=head.free)


def _find_cause(tree: html.HtmlElement, head: Head, lines: list[str]) -> str | None:
    """Why this page is no article, or None."""
    if not head.titles:
        return "it has no title" if lines else "it has neither title nor text"
    if head.published is None and len("".join(lines)) < 5 * THIN and _asks_for_consent(tree):
        return "it is a consent or challenge page, not the article"
    if head.published is None and not lines:
        return "it has a title but neither text nor date"
    return None


def _asks_for_consent(tree: html.HtmlElement) -> bool:
    """Whether the page exists to be agreed to: its form or its script leads to consent, or a challenge stands in its place."""
    targets = (element.get("action") or element.get("src") or "" for element in tree.iter("form", "script", "iframe"))
    return any(CONSENT.search(target.lower()) for target in targets)


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
