"""Read a page: bytes -> Article."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from lxml import etree, html

from crawler.addresses import page_url
from crawler.article import Article
from crawler.body import THIN, Known, drop_hidden, leads_away, parse_markup, read_body
from crawler.decoding import decode, letters_of
from crawler.errors import NotAnArticle, find_disguise
from crawler.head import Head, read_head
from crawler.live import find_entries, find_times

LIMIT = 5_000_000
"""The largest of 257 real pages had 2.2 MB."""
LONGEST = 400_000
"""Letters of a text that are compared; no article has as many."""
CONSENT = re.compile(r"(?:^|[^a-z])(?:consent|cookie-?wall|gdpr|captcha|cdn-cgi/challenge)")
DIALOGS = (
    "//*[@id][contains(@id, 'consent') or contains(@id, 'onetrust') or contains(@id, 'cookie') or contains(@id, 'didomi')][not(.//h1)]")
"""What asks for consent over an article; it often is longer than the article."""
UNREAD = ("style", "svg", "template", "iframe", "nav", "footer", "button", "select")
"""What no reading needs, and what costs the second one a quarter of its time."""
DEEPEST, MOST_ELEMENTS = 150, 30_000
"""A page with deeper or more elements (real ones have 3,000) is read once only: trafilatura takes minutes for a page made to be slow."""
DEEP, COUNT = etree.XPath("boolean(/" + "*/" * DEEPEST + "*)"), etree.XPath("count(//*)")
MORE = 1.6
"""How much more text another reading must find to be believed rather than ours."""


def read_article(
    body: bytes, url: str, *, outlet: str = "", content_type: str | None = None, doubts: Callable[[str, str | None], bool] | None = None
) -> Article:
    """The article that `url` answered with; raises NotAnArticle saying what it is instead.

    `doubts` says of the first reading's text and its language, where the page shows it, whether a second, independent one is worth its
    time; without it there always is one.
    Then `core` holds the lines on which both agree, otherwise the whole text.
    """
    if disguise := find_disguise(body, LIMIT):
        raise NotAnArticle(disguise)
    tree = parse_markup(decode(body, content_type))
    if tree is None:
        raise NotAnArticle("it is not an HTML page")
    head = read_head(tree, url)
    if head.free is False:
        drop_hidden(tree)
    blocks = read_body(tree, Known(head.titles, tuple(filter(None, (head.published, head.modified))), head.authors))
    lines = core = [block.text for block in blocks]
    first = "\n".join(lines)
    shown = find_times(tree, blocks)
    agreement = None
    if doubts is None or _is_thin(lines, head) or doubts(first, _language(head.language, first)):
        again = _read_again(tree)
        lines, core = _compare(lines, again or [], head)
        agreement = None if again is None else round(_size(core) / max(1, _size(lines)), 3)
    if cause := _find_cause(tree, head, lines):
        raise NotAnArticle(cause)
    text = "\n".join(lines)
    entries = find_entries(lines, shown, head.updates, head.live)
    return Article(
        outlet=outlet, url=page_url(url), title=head.titles[0], text=text, published=head.published, modified=head.modified,
        language=_language(head.language, text), authors=head.authors, section=head.section, alt_titles=head.titles[1:],
        core="\n".join(core), canonical_url=head.canonical_url, live=head.live or bool(entries), free=head.free,
        entries=entries, agreement=agreement)


def _is_thin(lines: list[str], head: Head) -> bool:
    """Whether a reading is suspiciously short by itself, or beside the text that the page's JSON-LD holds."""
    return _size(lines) < max(THIN, 0.6 * len(head.body))


def _size(lines: Iterable[str]) -> int:
    return sum(map(len, lines))


def _read_again(tree: html.HtmlElement) -> list[str] | None:
    """trafilatura's reading of the same tree, which shares neither code nor method with ours; None where it makes none."""
    if not _is_plain(tree):
        return None
    from trafilatura import bare_extraction  # 0.3 s to import; many runs never need it

    etree.strip_elements(tree, *UNREAD, with_tail=False)
    try:
        document = bare_extraction(tree, fast=True, include_comments=False, include_tables=True, prune_xpath=DIALOGS)
    except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError, etree.LxmlError):
        return None
    text = getattr(document, "text", None)
    return [line for line in text[:LONGEST].splitlines() if not leads_away(line)] if isinstance(text, str) else []


def _is_plain(tree: html.HtmlElement) -> bool:
    """Whether a page has no more elements, nor deeper ones, than articles have."""
    return not DEEP(tree) and COUNT(tree) <= MOST_ELEMENTS


def _compare(first: list[str], second: list[str], head: Head) -> tuple[list[str], list[str]]:
    """The lines to go by, and those of them that another reading or the page's own statements confirm.

    Ours, unless the other found much more; JSON-LD's where the page shows a visitor's browser nothing and calls it free.
    """
    told = head.body.splitlines() if head.free is not False else []
    lines, others = max(((first, second), (second, first)), key=lambda pair: _size(pair[0]) * (MORE if pair[0] is first else 1))
    if _size(first) < THIN < _size(told) and _size(told) >= 0.9 * _size(lines):
        lines, others = told, [*first, *second]
    return lines, _agreed(lines, "\n".join((*head.titles, *head.texts, head.body, *others))[:LONGEST])


def _agreed(lines: Iterable[str], others: str) -> list[str]:
    """Lines that others hold as well."""
    whole, letters = {*map(letters_of, others.splitlines())}, letters_of(others)
    return [line for line in lines if (own := letters_of(line)) in whole or own in letters or _mostly_in(line, letters)]


def _mostly_in(line: str, letters: str) -> bool:
    """Sentences count one by one, since readers cut lines differently; all that hold a digit must be there."""
    sentences = [own for sentence in re.split(r"(?<=[.!?…])\s+|\s\|\s", line) if (own := letters_of(sentence))]
    missing = [own for own in sentences if own not in letters] if len(sentences) > 1 else sentences
    return not any(map(str.isdigit, "".join(missing))) and len(missing) <= 0.3 * len(sentences)


def _language(declared: str | None, text: str) -> str | None:
    """The declared language, except where Cyrillic letters tell another: sites declare one edition's language on all their pages."""
    sample = text[:5_000].lower()
    if len(re.findall("[а-яіїєґ]", sample)) < 0.5 * len(re.findall(r"[^\W\d_]", sample)):
        return declared
    ukrainian, russian = len(re.findall("[іїєґ]", sample)), len(re.findall("[ыэё]", sample))
    if max(ukrainian, russian) < 5 or min(ukrainian, russian) > 0.25 * max(ukrainian, russian):
        return declared
    return "uk" if ukrainian > russian else "ru"


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
