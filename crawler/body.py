"""Read the paragraphs of an article from the tree of its page."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree, html

SILENT = frozenset(
    ("head", "script", "style", "noscript", "template", "nav", "footer", "form", "button", "select", "textarea", "input", "label", "svg",
     "math", "iframe", "object", "embed", "canvas", "figure", "figcaption", "picture", "video", "audio", "map", "menu", "dialog", "amp-ad",
     "amp-embed", "amp-sidebar"))
BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "body", "br", "center", "dd", "details", "div", "dl", "dt", "fieldset", "h1", "h2", "h3", "h4",
     "h5", "h6", "header", "hr", "html", "li", "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul"))
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
# What stands in the class, id or role of things beside the article. Style sheets are written in English everywhere.
BESIDE = re.compile(
    r"""(?:^|[^a-z])(?:
        (?:related|recommend\w*|recirc\w*|read-?(?:more|next|also)|more-?(?:on|from|stories|news)|most-?(?:read|viewed|popular)|popular
          |trending|teasers?\w*|promo\w*|onward|further-?reading|see-?also|also-?read|suggest\w*|outbrain|taboola|plista|dianomi
          |up-?next|next-?article|latest\w*)
      | (?:newsletter\w*|sign-?up\w*|subscri\w*|abo-?box\w*|registration|donat\w*|piano|paywall-?(?:banner|teaser|layer|message|overlay)|regwall)
      | (?:comments?(?:-?(?:list|section|area|wrapper|container|thread|box|count|form))?|disqus\w*|discussion|replies|respond)
      | (?:share\w*|sharing|social\w*|follow-?us|addthis|sharedaddy|jp-relatedposts|whatsapp|telegram-?(?:box|banner|link))
      | (?:caption\w*|credits?|copyright\w*|image-?(?:info|source|text)|photo-?(?:info|source|credit)|gallery\w*|slideshow|carousel\w*
          |lightbox|swiper\w*)
      | (?:by-?lines?|authors?(?:-?(?:bio|box|info|card|name|list|about|details|description))?|contributors?|dateline|timestamp
          |publish\w*-?(?:date|time|info)|date-?(?:time|published|modified)|meta-?(?:data|info|bar)|article-?(?:meta|info|tags|footer|tools|actions|share)|post-?(?:meta|tags|footer|nav\w*)
          |entry-?(?:meta|footer)|reading-?time|read-?time)
      | (?:tags?|tag-?(?:list|cloud|links)|topics?|keywords|breadcrumbs?|pagination|pager|nav|navbar|navigation|menu|sidebar|side-?bar|rail
          |footer|toolbar|masthead)
      | (?:ad|ads|advert\w*|adslot|sponsor\w*|affiliate\w*|shop\w*|product-?(?:box|card|list)|deals?|commerce|buy-?(?:box|button)
          |price-?(?:box|compare)\w*)
      | (?:cookies?|consent\w*|gdpr|modal|popup|overlay|tooltip|toast|skip-?link|sr-only|visually-?hidden|screen-?reader\w*|a11y-hidden
          |hidden|print-only)
      | (?:polls?|quiz|survey|rating|votes?|player|podcast-?(?:box|player)|video-?(?:player|list|playlist)|audio-?player|listen)
      | (?:weather|horoscope|widget|disclaimer|app-?(?:banner|promo)|liveticker-?teaser|embed-?fallback|hide|no-?print)
    )(?:$|[^a-z])""",
    re.VERBOSE,
)
CONTAINER = re.compile(r"(?:^|[^a-z])(?:article|story|post|entry|content|main)-?_?(?:body|content|text|main|copy|detail)?(?:$|[^a-z])")
SENTENCE_END = re.compile(r"""[.!?…。！？؟।:»”"'’)\]]\s*$""")
STAMP = re.compile(r"""^[\W\d_]*(?:\w{1,12}[\W\d_]+){0,5}\w{0,12}[\W\d_]*$""")


@dataclass(eq=False)
class Block:
    """One line of a page: its text, how much of it is links, the element it stands in."""

    text: str
    linked: int
    tag: str
    element: etree._Element
    beside: tuple[etree._Element, ...]

    @property
    def prose(self) -> int:
        """Letters that count as running text."""
        own = len(self.text) - self.linked
        return own if own >= 40 and self.tag not in HEADINGS and self.linked < 0.5 * len(self.text) else 0


def read_fragment(markup: str) -> list[str]:
    """The lines of a piece of markup out of a feed.

    >>> read_fragment("<p>One &amp; two.</p><p>Three.</p>")
    ['One & two.', 'Three.']
    """
    tree = parse_markup(f"<div>{markup}</div>")
    return [block.text for block in _find_blocks(tree)] if tree is not None else []


def parse_markup(text: str) -> html.HtmlElement | None:
    """The tree of a page's text, None where there is none."""
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return None


def read_body(tree: html.HtmlElement, titles: Iterable[str] = ()) -> list[str]:
    """The article's paragraphs, list items and table rows in reading order, its subheadings with them."""
    blocks = list(_find_blocks(tree))
    weights = _weigh(blocks)
    total = weights.get(tree, 0)
    cleared = {element for block in blocks for element in block.beside if weights.get(element, 0) > 0.3 * total}
    kept = [block for block in blocks if not set(block.beside) - cleared]
    container = _find_container(tree, _weigh(kept))
    inside = [block for block in kept if container is tree or container in block.element.iterancestors() or block.element is container]
    known = {_letters(title) for title in titles if title}
    return [block.text for block in _trim(inside, known)]


def _find_blocks(tree: etree._Element) -> Iterator[Block]:
    """Every line of the page that a visitor sees, in document order."""
    parts: list[str] = []
    linked = 0
    links = 0
    owners: list[etree._Element] = [tree]
    beside: list[etree._Element] = []

    def flush() -> Block | None:
        nonlocal linked
        text = " ".join("".join(parts).split())
        parts.clear()
        found = Block(text, min(linked, len(text)), owners[-1].tag, owners[-1], tuple(beside)) if text else None
        linked = 0
        return found

    walker = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walker:
        tag = element.tag
        if not isinstance(tag, str):
            continue
        if event == "start":
            if tag in SILENT or _hidden(element):
                walker.skip_subtree()
                continue
            row = tag in ("td", "th")
            if row and parts:
                parts.append(" | ")
            if tag in BLOCKS:
                if block := flush():
                    yield block
                if tag != "br":
                    owners.append(element)
            if tag == "a":
                links += 1
            if _is_beside(element):
                if block := flush():
                    yield block
                beside.append(element)
            if element.text:
                parts.append(element.text)
                linked += len(element.text.strip()) if links else 0
        else:
            if tag == "a" and links:
                links -= 1
            if owners[-1] is element or (beside and beside[-1] is element):
                if block := flush():
                    yield block
                if beside and beside[-1] is element:
                    beside.pop()
                if owners[-1] is element and len(owners) > 1:
                    owners.pop()
            if element.tail and element is not tree:
                parts.append(element.tail)
                linked += len(element.tail.strip()) if links else 0
    if block := flush():
        yield block


def _hidden(element: etree._Element) -> bool:
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    style = element.get("style")
    return bool(style and "display" in style and re.search(r"display\s*:\s*none", style))


def _is_beside(element: etree._Element) -> bool:
    if element.tag in ("html", "body", "main", "article", "p"):
        return False
    if element.tag == "aside":
        return True
    names = " ".join(filter(None, (element.get("class"), element.get("id"), element.get("role"), element.get("data-testid"))))
    return bool(names and BESIDE.search(names.lower().replace("_", "-")))


def _weigh(blocks: Iterable[Block]) -> dict[etree._Element, int]:
    """Running text under each element."""
    weights: dict[etree._Element, int] = defaultdict(int)
    for block in blocks:
        if prose := block.prose:
            weights[block.element] += prose
            for ancestor in block.element.iterancestors():
                weights[ancestor] += prose
    return weights


def _find_container(tree: etree._Element, weights: dict[etree._Element, int]) -> etree._Element:
    """The element that holds the article: down to where its prose divides, then up while an enclosing article adds little."""
    node = tree
    while True:
        children = [child for child in node if weights.get(child, 0)]
        heaviest = max(children, key=lambda child: weights[child], default=None)
        if heaviest is None or heaviest.tag == "p" or weights[heaviest] < 0.6 * weights[node]:
            break
        node = heaviest
    best = node
    for ancestor in node.iterancestors():
        if weights[ancestor] > 1.45 * weights[node]:
            break
        names = f"{ancestor.get('class') or ''} {ancestor.get('id') or ''} {ancestor.get('itemprop') or ''}".lower()
        if ancestor.tag in ("article", "main") or CONTAINER.search(names):
            best = ancestor
    return best


def _trim(blocks: list[Block], titles: set[str]) -> Iterator[Block]:
    """Without what precedes the headline, follows the next one, is only links, a stamp, or a label without text."""
    first = next((n for n, block in enumerate(blocks) if block.tag == "h1" and _letters(block.text) in titles), -1)
    pending: Block | None = None
    seen: set[str] = set()
    for block in blocks[first + 1:]:
        letters = _letters(block.text)
        if block.tag == "h1" or letters in titles or not letters or letters in seen:
            continue
        if block.tag in HEADINGS:
            pending = None if block.linked else block
            continue
        if not _is_content(block):
            continue
        seen.add(letters)
        if pending:
            yield pending
            pending = None
        yield block


def _is_content(block: Block) -> bool:
    if block.linked > 0.6 * len(block.text):
        return False
    if block.tag in ("p", "li", "tr", "td", "dd", "blockquote", "pre"):
        return len(block.text) > 20 or bool(SENTENCE_END.search(block.text)) or block.tag in ("tr", "td")
    return len(block.text) >= 60 or (len(block.text) > 25 and bool(SENTENCE_END.search(block.text)))


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()
