"""Read the paragraphs of an article from the tree of its page."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from lxml import etree, html

from crawler.article import Moment

SILENT = frozenset((
    "head", "script", "style", "noscript", "template", "nav", "footer", "button", "select", "textarea", "input", "label", "svg", "math",
    "iframe", "object", "embed", "canvas", "figcaption", "picture", "video", "audio", "map", "menu", "dialog", "amp-ad", "amp-embed",
    "amp-sidebar"))
BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "br", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figure", "form",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot",
    "thead", "tr", "ul"))
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
ROWS = frozenset(("li", "tr", "dd", "dt"))
CELLS = frozenset(("td", "th"))
# What stands in the class, id or role of things beside the article. Style sheets are written in English everywhere.
BESIDE = re.compile(
    r"""(?:^|[^a-z])(?:
        (?:related|recommend\w*|recirc\w*|read-?(?:more|next|also)|more-?(?:on|from|stories|news)|most-?(?:read|viewed|popular)|popular
          |trending|teasers?\w*|promo\w*|onward|further-?reading|see-?also|also-?read|suggest\w*|outbrain|taboola|plista|dianomi
          |up-?next|next-?article|latest\w*)
      | (?:newsletter\w*|sign-?up\w*|subscri\w*|abo-?box\w*|registration|donat\w*|piano|regwall
          |paywall-?(?:banner|teaser|layer|message|overlay))
      | (?:comments?(?:-?(?:list|section|area|wrapper|container|thread|box|count|form))?|disqus\w*|discussion|replies|respond)
      | (?:share\w*|sharing|social\w*|follow-?us|addthis|sharedaddy|jp-relatedposts|whatsapp|telegram-?(?:box|banner|link))
      | (?:caption\w*|credits?|copyright\w*|image-?(?:info|source|text)|photo-?(?:info|source|credit)|gallery\w*|slideshow|carousel\w*
          |lightbox|swiper\w*)
      | (?:by-?lines?|authors?(?:-?(?:bio|box|info|card|name|list|about|details|description))?|contributors?|dateline|timestamp
          |publish\w*-?(?:date|time|info)|date-?(?:time|published|modified)|meta-?(?:data|info|bar)|post-?(?:meta|tags|footer|nav\w*)
          |article-?(?:meta|info|tags|footer|tools|actions|share)|entry-?(?:meta|footer)|reading-?time|read-?time)
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
# Of these no page is made, however much they say.
FOREIGN = re.compile(r"(?:^|[^a-z])(?:cookies?|consent\w*|gdpr|ccpa|onetrust|comments?|disqus\w*|capping\w*|modal)(?:$|[^a-z])")
CONTAINER = re.compile(r"(?:^|[^a-z])(?:article|story|post|entry|content|main)-?_?(?:body|content|text|main|copy|detail)?(?:$|[^a-z])")
SENTENCE_END = re.compile(r"""[.!?…。！？؟।:»”"'’)\]]\s*$""")
DIGITS = re.compile(r"\d+")
CLIP = re.compile(r"\d{1,2}[./]\d{1,2}[./]\d{2,4}\s*[|·,–-]\s*\d{1,2}:\d\d\s*\w*\.?$")  # a film's date and length
ENOUGH = 40
"""Letters outside links from which a line is running text."""


@dataclass(eq=False)
class Block:
    """One line of a page: its text, how much of it is links, the element it stands in, the things beside the article that enclose it."""

    text: str
    linked: int
    element: etree._Element
    beside: tuple[etree._Element, ...]

    @property
    def tag(self) -> str:
        return str(self.element.tag)

    @property
    def is_link(self) -> bool:
        return self.linked > 0.6 * len(self.text)

    @property
    def prose(self) -> int:
        """Letters that count as running text."""
        own = len(self.text) - self.linked
        return own if own >= _enough(self.text) and self.tag not in HEADINGS and self.linked < 0.5 * len(self.text) else 0


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


def read_body(
    tree: html.HtmlElement, titles: Collection[str] = (), stamps: Collection[Moment] = (), *, free: bool | None = None
) -> list[str]:
    """The article's paragraphs, list items and table rows in reading order, its subheadings with them.

    `titles` and `stamps` are what the page declares: lines that only repeat them are left out. Of a page that says it is not
    `free`, what it hides from a visitor is not read.
    """
    blocks = list(_find_blocks(tree))
    known = {_letters(title) for title in titles}
    headline = next((block for block in blocks if block.tag == "h1" and _letters(block.text) in known), None)
    kept = _without_beside(blocks, headline, free)
    weights = _weigh(kept)
    container = _find_container(tree, weights)
    inside = _within(container, kept)
    cards = _find_cards(inside, container, weights)
    inside = [block for block in inside if not any(ancestor in cards for ancestor in block.element.iterancestors())]
    return [block.text for block in _trim(inside, headline, known, _clock(stamps))]


def _find_blocks(tree: etree._Element) -> Iterator[Block]:
    """Every line of the page, in document order, without what no visitor reads as text."""
    parts: list[str] = []
    linked = links = 0
    owners: list[etree._Element] = [tree]
    beside: list[etree._Element] = []

    def cut() -> Iterator[Block]:
        nonlocal linked
        text = " ".join("".join(parts).split())
        parts.clear()
        if text:
            yield Block(text, min(linked, len(text)), owners[-1], tuple(beside))
        linked = 0

    walker = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walker:
        tag = element.tag
        if event == "start":
            if not isinstance(tag, str) or tag in SILENT or (tag == "figure" and element.find(".//table") is None):
                walker.skip_subtree()
                continue
            if tag in CELLS and parts:
                parts.append(" | ")
            if tag in BLOCKS:
                yield from cut()
                if tag != "br":
                    owners.append(element)
            if _is_beside(element):
                yield from cut()
                beside.append(element)
            if tag == "a" and not (element.get("href") or "#").startswith("#"):
                links += 1
            text = element.text
        else:
            if tag == "a" and links and not (element.get("href") or "#").startswith("#"):
                links -= 1
            if owners[-1] is element or (beside and beside[-1] is element):
                yield from cut()
                if beside and beside[-1] is element:
                    beside.pop()
                if owners[-1] is element and len(owners) > 1:
                    owners.pop()
            text = element.tail
        if text:
            parts.append(text)
            linked += len(text.strip()) if links else 0
    yield from cut()


def _is_beside(element: etree._Element) -> bool:
    """Whether its names say that it is not the article: a guess, which `_without_beside` may overrule."""
    tag = element.tag
    if tag in ("aside", "form"):
        return True
    if tag == "article":
        return next(element.iterancestors("article"), None) is not None
    if tag in ("html", "body", "main", "p"):
        return False
    get = element.get
    names = " ".join(filter(None, (get("class"), get("id"), get("role"), get("data-testid"))))
    return bool(names and BESIDE.search(names.lower().replace("_", "-"))) or _hidden(element)


def _hidden(element: etree._Element) -> bool:
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    style = element.get("style")
    return bool(style and "display" in style and re.search(r"display\s*:\s*none", style))


def _without_beside(blocks: list[Block], headline: Block | None, free: bool | None) -> list[Block]:
    """Only the article's own lines. A name is not believed where it encloses the headline or a third of the page's prose."""
    weights = _weigh(blocks)
    total = max(1, sum(block.prose for block in blocks))
    around = set(headline.beside) if headline else set()
    suspects = {element for block in blocks for element in block.beside}
    believed = {
        element for element in suspects
        if (weights.get(element, 0) <= 0.3 * total or _is_foreign(element) or (free is False and _hidden(element)))
        and not (element in around and weights.get(element, 0) > 0.3 * total)}
    return [block for block in blocks if believed.isdisjoint(block.beside)]


def _is_foreign(element: etree._Element) -> bool:
    return bool(FOREIGN.search(f"{element.get('class') or ''} {element.get('id') or ''}".lower().replace("_", "-")))


def _weigh(blocks: Iterable[Block]) -> dict[etree._Element, int]:
    """Running text under each element."""
    weights: dict[etree._Element, int] = defaultdict(int)
    for block in blocks:
        if prose := block.prose:
            weights[block.element] += prose
            for ancestor in block.element.iterancestors():
                weights[ancestor] += prose
    return weights


def _find_container(tree: etree._Element, weights: Mapping[etree._Element, int]) -> etree._Element:
    """The element that holds the article: down to where its prose divides, then up to the article that encloses it, if that adds little."""
    node = tree
    while True:
        heaviest = max(node, key=lambda child: weights.get(child, 0), default=None)
        if heaviest is None or heaviest.tag in ("p", "li") or not weights.get(heaviest, 0) or weights[heaviest] < 0.6 * weights[node]:
            break
        node = heaviest
    enclosing = [node, *(ancestor for ancestor in node.iterancestors() if weights[ancestor] <= 1.45 * weights[node])]
    articles = [element for element in enclosing if element.tag == "article" or element.get("itemprop") == "articleBody"]
    named = [element for element in enclosing if CONTAINER.search(f"{element.get('class') or ''} {element.get('id') or ''}".lower())]
    mains = [element for element in enclosing if element.tag == "main" or element.get("role") == "main"]
    return (articles or named[:1] or mains[:1] or enclosing)[-1]


def _within(container: etree._Element, blocks: Iterable[Block]) -> list[Block]:
    return [block for block in blocks if block.element is container or container in block.element.iterancestors()]


def _find_cards(blocks: Iterable[Block], container: etree._Element, weights: Mapping[etree._Element, int]) -> set[etree._Element]:
    """Boxes that announce another page: what little stands around a heading that is a link."""
    cards = set()
    for block in blocks:
        if block.tag in HEADINGS and block.is_link:
            card = block.element
            for ancestor in block.element.iterancestors():
                if ancestor is container or weights.get(ancestor, 0) > 0.1 * weights.get(container, 0):
                    break
                card = ancestor
            cards.add(card)
    return cards


def _clock(stamps: Collection[Moment]) -> frozenset[int]:
    """The numbers that a stamp of these moments is made of, in any reader's time zone."""
    numbers = set()
    for moment in stamps:
        numbers |= {moment.year, moment.year % 100, moment.month, moment.day, moment.day + 1, moment.day - 1}
        if isinstance(moment, datetime):
            numbers |= {moment.minute, moment.second, *range(24)}
    return frozenset(numbers)


def _trim(blocks: list[Block], headline: Block | None, titles: set[str], clock: frozenset[int]) -> Iterator[Block]:
    """From the first running text after the headline to the last: links, stamps, labels and repetitions left out."""
    start = next((n + 1 for n, block in enumerate(blocks) if block is headline), 0)
    end = next((n for n, block in enumerate(blocks) if n > start and block.tag == "h1" and headline and _weight_after(blocks, n)), len(blocks))
    blocks = blocks[start:end]
    linked = _link_lists(blocks)
    verdicts = [_is_text(block, titles, clock) and block.element not in linked for block in blocks]
    strong = [n for n, block in enumerate(blocks) if verdicts[n] and block.prose]
    if not strong:
        strong = [n for n, verdict in enumerate(verdicts) if verdict]
    seen: set[str] = set()
    for n, block in enumerate(blocks):
        letters = _letters(block.text)
        if not strong or n < strong[0] or not verdicts[n] or letters in seen:
            continue
        if n > strong[-1] and block.tag not in ROWS:
            continue
        announces = block.tag in HEADINGS or (block.text.endswith(":") and len(block.text) < 120)
        if announces and not any(verdicts[n + 1:n + 2]):
            continue
        seen.add(letters)
        yield block


def _weight_after(blocks: list[Block], n: int) -> bool:
    """Whether a second headline stands after the article rather than inside it."""
    before = sum(block.prose for block in blocks[:n])
    return before > 0.3 * sum(block.prose for block in blocks)


def _link_lists(blocks: Iterable[Block]) -> set[etree._Element]:
    """Items of lists that are mostly links."""
    lists: dict[etree._Element, list[Block]] = defaultdict(list)
    for block in blocks:
        parent = next(block.element.iterancestors("ul", "ol", "dl"), None)
        if parent is not None:
            lists[parent].append(block)
    return {block.element for items in lists.values() for block in items
            if sum(item.linked for item in items) > 0.5 * sum(len(item.text) for item in items)}


def _is_text(block: Block, titles: set[str], clock: frozenset[int]) -> bool:
    """Whether a line may be the article's, by itself."""
    letters = _letters(block.text)
    if not letters or block.is_link or block.tag == "h1" or letters in titles or _is_stamp(block.text, clock) or CLIP.search(block.text):
        return False
    if block.tag in HEADINGS or block.tag in ROWS or block.tag in ("p", "blockquote", "pre"):
        return True
    enough = _enough(block.text)
    return len(block.text) >= 1.5 * enough or (len(block.text) > 0.6 * enough and bool(SENTENCE_END.search(block.text)))


def _is_stamp(text: str, clock: frozenset[int]) -> bool:
    """Whether a line says no more than when the page was published: its numbers are those of the date, with few words around."""
    numbers = [int(number) for number in DIGITS.findall(text)]
    if len(text) > 120 or len(numbers) < 2 or not clock.issuperset(numbers):
        return False
    dated = any(number > 1900 for number in numbers) or re.search(r"\d[:h.]\d\d", text)
    return bool(dated) and len(_letters(DIGITS.sub("", text))) <= 60


def _enough(text: str) -> int:
    """Fewer signs make a sentence where each is a syllable or a word."""
    return ENOUGH // 2 if re.match(r"\W*[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]", text) else ENOUGH


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()
