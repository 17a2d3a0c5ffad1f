"""Read the paragraphs of an article from the tree of its page."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from itertools import islice, takewhile

from lxml import etree, html

from crawler import words
from crawler.article import Moment
from crawler.decoding import letters_of
from crawler.stamps import beside_stamp

SILENT = frozenset((
    "head", "script", "style", "noscript", "template", "nav", "footer", "button", "select", "textarea", "input", "label", "svg", "math",
    "iframe", "object", "embed", "canvas", "figcaption", "picture", "video", "audio", "map", "menu", "dialog", "amp-ad", "amp-embed",
    "amp-sidebar"))
BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "br", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figure", "form",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "ol", "p", "pre", "section", "summary", "table", "tbody",
    "tfoot", "thead", "tr", "ul"))
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "summary"))
PARAGRAPHS = ("p", "li", "td", "th", "blockquote", "h2", "h3", "h4")
ROWS = frozenset(("li", "tr", "dd", "dt"))
CELLS = frozenset(("td", "th"))
INLINE = frozenset((
    "a", "abbr", "b", "cite", "code", "em", "font", "i", "ins", "mark", "q", "s", "small", "span", "strong", "sub", "sup",
    "time", "u"))
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
          |print-only)
      | (?:polls?|quiz|survey|rating|votes?|player|podcast-?(?:box|player)|video-?(?:player|list|playlist)|audio-?player|listen)
      | (?:weather|horoscope|widgets|widget-area|disclaimer|app-?(?:banner|promo)|liveticker-?teaser|embed-?fallback|no-?print)
    )(?:$|[^a-z])""",
    re.VERBOSE,
)
UNSEEN = re.compile(r"(?:^|[^a-z])(?:sr-only|visually-?hidden|screen-?reader\w*|a11y-hidden|tooltip)(?:$|[^a-z])|(?:^|\s)hidden(?:\s|$)")
# The same of a single paragraph, whose names more often tell its looks.
LINE_BESIDE = re.compile(
    r"(?:^|[^a-z])(?:by-?lines?|(?:entry|post|article)-meta|date-?time|timestamp|captions?|credits?|copyright|newsletter\w*)(?:$|[^a-z])")
# Of these no page is made, however much they say.
FOREIGN = re.compile(r"(?:^|[^a-z])(?:cookies?|consent\w*|gdpr|ccpa|onetrust|comments?|disqus\w*|capping\w*|modal)(?:$|[^a-z])")
CONTAINER = re.compile(r"(?:^|[^a-z])(?:article|story|post|entry|content|main)-?(?:body|content|text|main|copy|detail)?(?:$|[^a-z])")
HIDEABLE = etree.XPath("//script | //*[@hidden or @aria-hidden or @style or @subscriptions-section or contains(@class, 'hidden')]")
SENTENCE_END = re.compile(r"""[.!?…。！？؟।:»”"'’)\]]\s*$""")
STATED = re.compile(r"""[.!?…。！？؟।][»”"'’]?$""")
DIGITS = re.compile(r"\d+")
TIME = re.compile(r"(?<!\d)[0-2]?\d[:h時][0-5]\d(?::[0-5]\d)?(?!\d)")
DATE = re.compile(r"(?<!\d)(?:\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}|\d{1,2}(?:[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})|月\d{1,2}日))(?!\d)")
CLIP = re.compile(r"\d{1,2}[./]\d{1,2}[./]\d{2,4}\s*[|·,–-]\s*\d{1,2}:\d\d\s*\w*\.?$")  # a film's date and length
MOST_BLOCKS = 5_000
"""A live blog of a week has two thousand."""
ENOUGH = 40
"""Letters outside links from which a line is running text."""
THIN = 200
"""Letters under which a reading of a body is too little to be trusted."""
LONGEST_CALL, LONGEST_LABELLED, LONGEST_NAMES = 300, 1_000, 500
MOST_FORMS = 100
AROUND_LABEL = " \xa0:.…!-–—|»›>→▶\"'"


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

    @cached_property
    def letters(self) -> str:
        return letters_of(self.text)

    @cached_property
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
    return read_lines(tree) if tree is not None else []


def read_lines(tree: html.HtmlElement) -> list[str]:
    """All lines of text that a tree shows, whatever they belong to."""
    return [block.text for block in islice(_find_blocks(tree), MOST_BLOCKS)]


ONE_CLASS = etree.ElementDefaultClassLookup(element=html.HtmlElement)
"""lxml.html's own lookup asks Python for the class of every element, at every visit: a tenth of the time that a page takes."""


def parse_markup(text: str) -> html.HtmlElement | None:
    """The tree of a page's text, None where there is none."""
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    parser.set_element_class_lookup(ONE_CLASS)
    try:
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return None


@dataclass(frozen=True)
class Known:
    """What the page's head said already: lines that only repeat it are no text."""

    titles: Collection[str] = ()
    stamps: Collection[Moment] = ()
    authors: Collection[str] = ()


def drop_hidden(tree: html.HtmlElement) -> None:
    """Take away what a page hides from its visitors, its scripts' data with it, but not what holds its headline."""
    for element in HIDEABLE(tree):
        hidden = element.tag == "script" or _hidden(element) or _says(UNSEEN, _names(element))
        hidden = hidden or element.get("subscriptions-section") == "content"  # AMP shows it to subscribers
        if hidden and element.tag not in ("html", "body") and next(element.iter("h1"), None) is None:
            element.drop_tree()


def read_body(tree: html.HtmlElement, known: Known) -> list[Block]:
    """The article's paragraphs, list items and table rows in reading order, its subheadings with them."""
    blocks = list(islice(_find_blocks(tree), MOST_BLOCKS))
    titles = {letters_of(title) for title in known.titles}
    headline = next((block for block in blocks if block.tag == "h1" and block.letters in titles), None)
    blocks = _until_next_story(blocks, headline)
    kept = _without_beside(blocks, headline)
    weights = _weigh(kept)
    container = _find_container(tree, weights)
    cards = _find_cards(kept, container, weights) | _find_forms(tree, container, weights)
    trusted = {id(block) for block in kept if cards.isdisjoint(block.element.iterancestors())}
    inside = [block for block in blocks if block.element is container or container in block.element.iterancestors()]
    start = next((n + 1 for n, block in enumerate(inside) if block is headline), 0)
    inside = inside[start:]
    lists = _link_lists(inside)
    may = _Judge(titles, known.stamps, [letters_of(author) for author in known.authors])
    verdicts = [id(block) in trusted and block.element not in lists and may.be_text(block) for block in inside]
    return list(_trim(inside, [*_without_announced(inside, verdicts)]))


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
            if not isinstance(tag, str) or tag in SILENT:
                walker.skip_subtree()
                continue
            names, hidden = (_names(element), _hidden(element)) if element.keys() else ("", False)
            if _is_mute(element, tag, names, hidden):
                walker.skip_subtree()
                continue
            if tag in CELLS and parts:
                parts.append(" | ")
            if tag in BLOCKS:
                if parts:
                    yield from cut()
                if tag != "br":
                    owners.append(element)
            if _is_beside(element, tag, names, hidden):
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


def _is_mute(element: etree._Element, tag: str, names: str, hidden: bool) -> bool:
    """A picture, or a word for screen readers in the middle of a sentence."""
    if tag == "figure":
        return element.find(".//table") is None
    return (hidden or _says(UNSEEN, names)) and tag in INLINE and len("".join(element.itertext())) < 100


def _names(element: etree._Element) -> str:
    """What its author called an element, in one spelling."""
    get = element.get
    names = " ".join(filter(None, (get("class"), get("id"), get("role"), get("data-testid"))))
    return names[:LONGEST_NAMES].lower().replace("_", "-") if names else ""


def _says(pattern: re.Pattern[str], names: str) -> bool:
    """Whether names hold such a word. A page has few names, on many elements."""
    return bool(names) and _search(pattern, names)


@lru_cache(maxsize=10_000)
def _search(pattern: re.Pattern[str], names: str) -> bool:
    return pattern.search(names) is not None


def _is_beside(element: etree._Element, tag: str, names: str, hidden: bool) -> bool:
    """Whether its names say that it is not the article: a guess, which `_without_beside` may overrule."""
    if tag in ("aside", "form"):
        return True
    if tag == "article":
        return next(element.iterancestors("article"), None) is not None
    if tag in ("html", "body", "main"):
        return False
    said = _says(LINE_BESIDE, names) if tag == "p" else _says(BESIDE, names) or _says(UNSEEN, names)
    return (said or hidden) and not (tag in INLINE and next(element.iterancestors(*PARAGRAPHS), None) is not None)


def _hidden(element: etree._Element) -> bool:
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    style = element.get("style")
    return bool(style and re.search(r"display\s*:\s*none|clip\s*:\s*rect", style))


def _until_next_story(blocks: list[Block], headline: Block | None) -> list[Block]:
    """Without the other articles of a page that scrolls on, each in an element of its own under an h1 or under a heading that is a link.

    They are taken out of the tree as well: no other reading is to find them.
    """
    if headline is None:
        return blocks
    story = next(headline.element.iterancestors("article"), None)
    read, above, others = 0, set[etree._Element](), set[etree._Element]()
    for block in blocks[blocks.index(headline) + 1 :]:
        if prose := block.prose:
            read += prose
            above.update(takewhile(lambda ancestor: ancestor not in above, block.element.iterancestors()))
        elif read >= THIN and block.tag in HEADINGS and block.text != headline.text:
            article = next(block.element.iterancestors("article"), None)
            if block.tag == "h1" and block.element.getparent() not in above and (article is None or article is not story):
                top = block.element
                while (parent := top.getparent()) is not None and parent not in above:
                    top = parent
                others.update((top, *top.itersiblings()))
                break
            apart = article is not None and story is not None and article is not story and story not in article.iterancestors()
            if block.is_link and apart:
                others.add(article)
    kept = [block for block in blocks if others.isdisjoint((block.element, *block.element.iterancestors()))] if others else blocks
    for other in others:
        other.drop_tree()
    return kept


def _without_beside(blocks: list[Block], headline: Block | None) -> list[Block]:
    """Only the article's own lines.

    A name is not believed where it encloses a third of the page's prose, or its like together most of it: the entries of a live
    blog are articles within an article, some pages call each paragraph a widget.
    """
    weights = _weigh(blocks)
    total = max(1, sum(block.prose for block in blocks))
    around = set(headline.beside) if headline else set()
    suspects = {element for block in blocks for element in block.beside}
    alike: dict[tuple[str, str | None], int] = defaultdict(int)
    for element in suspects:
        alike[element.tag, element.get("class")] += weights.get(element, 0)

    def is_believed(element: etree._Element) -> bool:
        small = weights.get(element, 0) <= 0.3 * total
        if small and alike[element.tag, element.get("class")] <= 0.6 * total:
            return True
        return _is_foreign(element) and (small or element not in around)

    believed = {element for element in suspects if is_believed(element)}
    return [block for block in blocks if believed.isdisjoint(block.beside)]


def _is_foreign(element: etree._Element) -> bool:
    return _says(FOREIGN, _names(element))


def _weigh(blocks: Iterable[Block]) -> dict[etree._Element, int]:
    """Running text under each element."""
    own: dict[etree._Element, int] = defaultdict(int)
    for block in blocks:
        own[block.element] += block.prose
    parents: dict[etree._Element, int] = defaultdict(int)
    for element, prose in own.items():
        if prose and (parent := element.getparent()) is not None:
            parents[parent] += prose  # paragraphs share one: its ancestors are climbed once for all of them
    weights = defaultdict(int, own)
    for parent, prose in parents.items():
        for ancestor in (parent, *parent.iterancestors()):
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
    named = [element for element in enclosing if _says(CONTAINER, _names(element))]
    mains = [element for element in enclosing if element.tag == "main" or element.get("role") == "main"]
    return (articles or named[:1] or mains[:1] or enclosing)[-1]


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


def _find_forms(tree: etree._Element, container: etree._Element, weights: Mapping[etree._Element, int]) -> set[etree._Element]:
    """Boxes that ask for something: what little stands around a form."""
    little = min(LONGEST_CALL, 0.2 * weights.get(container, 0))
    boxes = set()
    for form in islice(tree.iter("form"), MOST_FORMS):
        around = takewhile(lambda element: weights.get(element, 0) <= little, (form, *form.iterancestors()))
        boxes.update([*around][-1:])
    return boxes


def _without_announced(blocks: list[Block], verdicts: list[bool]) -> Iterator[bool]:
    """Nor are links text that stand under a label: "Read also"."""
    announced = False
    for block, verdict in zip(blocks, verdicts, strict=True):
        text = block.text[:LONGEST_LABELLED].lower()
        alone = (label := words.label().match(text)) and not text[label.end() :].strip(AROUND_LABEL)
        announced = bool(alone) or (announced and (block.is_link or not verdict))
        yield verdict and not announced


def _link_lists(blocks: Iterable[Block]) -> set[etree._Element]:
    """Items of lists that are mostly links."""
    lists: dict[etree._Element, list[Block]] = defaultdict(list)
    for block in blocks:
        parent = next(block.element.iterancestors("ul", "ol", "dl"), None)
        if parent is not None:
            lists[parent].append(block)
    return {block.element for items in lists.values() for block in items
            if sum(item.linked for item in items) > 0.5 * sum(len(item.text) for item in items)}


@dataclass(frozen=True)
class _Judge:
    """Says of a line by itself whether it may be the article's."""

    titles: Collection[str]
    stamps: Collection[Moment]
    authors: Collection[str]

    def be_text(self, block: Block) -> bool:
        letters = block.letters
        if not letters or block.tag == "h1" or letters in self.titles or CLIP.search(block.text):
            return False
        if leads_away(block.text, block.linked):
            return False
        if self._is_byline(letters) or self._is_stamp(block.text) or (block.tag in HEADINGS and self._is_headline(letters)):
            return False
        if block.is_link:
            return block.tag == "p" and bool(STATED.search(block.text)) and len(block.text) > ENOUGH
        if block.tag in HEADINGS or block.tag in ROWS or block.tag in ("p", "blockquote", "pre"):
            return True
        enough = _enough(block.text)
        return len(block.text) >= 1.5 * enough or (len(block.text) > 0.6 * enough and bool(SENTENCE_END.search(block.text)))

    def _is_stamp(self, text: str) -> bool:
        """It says no more than when the page was published: that day, a clock time, few words around; a number left over may be a toll."""
        if len(text) > 120 or not DIGITS.search(text) or len(letters_of(DIGITS.sub("", text))) > 60:
            return False
        if words.stamp().search(text.lower()) and beside_stamp(text):
            return True
        rest, times = _cut(TIME, text)
        rest, dates = _cut(DATE, rest)
        for stamp in self.stamps:
            if isinstance(stamp, datetime):
                rest = rest.replace(f"{stamp.hour:02}.{stamp.minute:02}", " ")
        numbers = _numbers(rest)
        years = [number for number in numbers if any(number == stamp.year for stamp in self.stamps)]
        days = [number for number in numbers if any(number == stamp.day for stamp in self.stamps)]
        if len(years) + len(days) < len(numbers) or len(days) > max(1, len(years)):
            return False
        known = {number for stamp in self.stamps for number in (stamp.year, stamp.year % 100, stamp.month, stamp.day)}
        if not all(known.issuperset(_numbers(date)) for date in dates):
            return False
        clocks = [[stamp.hour, stamp.minute] for stamp in self.stamps if isinstance(stamp, datetime)]
        return bool(dates or (years and days) or any(_numbers(time)[:2] in clocks for time in times))

    def _is_headline(self, letters: str) -> bool:
        """It is a title with something before or after it, or the better part of one."""
        return any(title in letters or (letters in title and len(letters) > 0.5 * len(title)) for title in self.titles if len(title) > 15)

    def _is_byline(self, letters: str) -> bool:
        """It says no more than who wrote the page."""
        rest = letters
        for author in self.authors:
            rest = rest.replace(author, "")
        return rest != letters and len(rest) < 15


def leads_away(text: str, linked: int = 0) -> bool:
    """Whether a line says "Read also" before a link, before a colon or alone, or asks to be subscribed to."""
    text = text[:LONGEST_LABELLED].lower()
    if len(text) <= LONGEST_CALL and words.call().match(text):
        return True
    label = words.label().match(text)
    if label is None:
        return False
    rest = text[label.end() :].strip()
    return not rest or rest[0] in AROUND_LABEL or (" " in label[0].strip() and len(rest) <= linked)


def _cut(pattern: re.Pattern[str], text: str) -> tuple[str, list[str]]:
    """The text without what the pattern finds, and what it found."""
    return pattern.sub(" ", text), [found[0] for found in pattern.finditer(text)]


def _numbers(text: str) -> list[int]:
    return [int(digits[:9]) for digits in DIGITS.findall(text)]


def _trim(blocks: list[Block], verdicts: list[bool]) -> Iterator[Block]:
    """From the first running text, with the short lines before it, to the last, with the short lines that follow; labels of what was
    left out go with it."""
    strong = [n for n, block in enumerate(blocks) if verdicts[n] and block.prose] or [n for n, verdict in enumerate(verdicts) if verdict]
    if not strong:
        return
    first, last = strong[0], strong[-1]
    while first and verdicts[first - 1] and (blocks[first - 1].tag in HEADINGS or _stands_alone(blocks[first - 1])):
        first -= 1
    while last + 1 < len(blocks) and verdicts[last + 1] and (blocks[last + 1].tag in ROWS or _stands_alone(blocks[last + 1])):
        last += 1
    seen: set[str] = set()
    for n in range(first, last + 1):
        block, letters = blocks[n], blocks[n].letters
        if not verdicts[n] or letters in seen or (_announces(block) and not (n < last and verdicts[n + 1])):
            continue
        seen.add(letters)
        yield block


def _stands_alone(block: Block) -> bool:
    """Whether a short line is text by itself: an item of a list, a sentence, what a list stands under."""
    return block.tag == "li" or (block.tag == "p" and bool(SENTENCE_END.search(block.text)) and not block.linked)


def _announces(block: Block) -> bool:
    """Whether a line is nothing without the next one: a heading, a label."""
    if block.tag in HEADINGS:
        return True
    if block.tag in ROWS or block.text.endswith((".", "!", "?", "…", "。")):
        return False
    return block.text.endswith(":") or len(block.text) < ENOUGH


def _enough(text: str) -> int:
    """Fewer signs make a sentence where each is a syllable or a word."""
    return ENOUGH // 2 if re.match(r"\W*[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]", text) else ENOUGH
