"""Lay an alert out: a page of sections becomes plain text, HTML or Markdown by a template, and is read back from its HTML. Pure.

Whatever a template shows is made harmless on the way in: `clean` for all of them, and then what is markup there is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from html.parser import HTMLParser
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from monitors.alerts.phrases import clean, disarm, say

if TYPE_CHECKING:
    from jinja2 import Environment


class Look(Enum):
    """How a line is set."""

    PLAIN = "plain"
    QUOTE = "quote"
    ITEM = "item"
    LINK = "link"
    TITLE = "title"
    """The title of one item among many."""
    SOURCE = "source"
    """Where the quotation above it stands."""
    COURSE = "course"
    """The values that a chart shows, in words."""


class Part(NamedTuple):
    """A stretch of a line: "" for text as it is, "mark" for what the eye must find, "code" for a command to copy."""

    kind: str
    text: str


@dataclass(frozen=True)
class Line:
    """One line of text; of a link its address. `marks` and `codes` are the stretches of it that stand out."""

    text: str
    look: Look = Look.PLAIN
    marks: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()

    @property
    def is_address(self) -> bool:
        """Whether people may follow it: what is not of the web stays text."""
        return self.look is Look.LINK and self.text.lower().startswith(("http://", "https://"))

    @property
    def parts(self) -> Iterator[Part]:
        """The line cut where something stands out."""
        text = clean(self.text)
        if text and not self.marks and not self.codes:
            yield Part("", text)
            return
        kinds = {clean(text): kind for kind, texts in (("mark", self.marks), ("code", self.codes)) for text in texts}
        forms = sorted((form for form in kinds if form and form in text), key=len, reverse=True)
        at = 0
        while found := min(filter(None, (find_alone(form, text, at) for form in forms)), default=None, key=itemgetter(0)):
            start, form = found
            yield from [Part("", text[at:start])] if start > at else []
            yield Part(kinds[form], form)
            at = start + len(form)
        yield from [Part("", text[at:])] if at < len(text) else []


def find_alone(form: str, text: str, at: int) -> tuple[int, str] | None:
    """Where a form next stands in a text from a place on, as no part of a longer word or number."""
    while (start := text.find(form, at)) >= 0:
        if BEGINS.match(text, start) and ENDS.match(text, start + len(form)):
            return start, form
        at = start + 1
    return None


BEGINS, ENDS = re.compile(r"(?<!\d)(?<!\d[.,])"), re.compile(r"(?!\w|[.,]\d)")


@dataclass(frozen=True)
class Section:
    """Lines under a heading; the first section of a page has none and tells it all in short."""

    lines: tuple[Line, ...]
    heading: str = ""

    @property
    def blocks(self) -> list[tuple[str, list[Line]]]:
        """Neighbours of one look together."""
        return [(look.value, list(lines)) for look, lines in groupby(self.lines, key=lambda line: line.look)]


@dataclass(frozen=True)
class Page:
    """What a reader sees: the title, the values large (old and new; either may be empty), sections, and small print."""

    title: str
    sections: tuple[Section, ...]
    old: str = ""
    new: str = ""
    small: tuple[Line, ...] = ()


def render_text(page: Page) -> str:
    """The page without its title, which every channel shows itself."""
    return _render("alert.txt", page)


def render_html(page: Page) -> str:
    """The page as one HTML document with inline styles, as mail clients drop style sheets."""
    return _render("alert.html", page)


def render_markdown(page: Page) -> str:
    """The page without its title as CommonMark, which Apprise puts into each chat's own."""
    return _render("alert.md", page)


def _render(template: str, page: Page) -> str:
    laid_out = _templates(template.rpartition(".")[2]).get_template(template).render(page=page)
    return re.sub(r"\n{3,}", "\n\n", laid_out).strip("\n")


def show_chart(html: str, source: str) -> str:
    """A page's HTML with a chart above the line that says its values in words; as it is where there is no such line."""
    before, line, after = html.partition('<p class="course"')
    return f"{before}{_templates('html').get_template('chart.html').render(source=source, alt=say('chart'))}{line}{after}" if line else html


@cache
def _templates(kind: str) -> Environment:
    """The templates of a kind, each of which may show nothing that is not made harmless for it."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    def show(value: Any) -> Any:
        if isinstance(value, Markup):
            return value
        return escape_markdown(disarm(str(value))) if kind == "md" else disarm(str(value))

    made = Environment(
        loader=PackageLoader("monitors.alerts"), autoescape=kind == "html", finalize=show, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    made.filters |= {
        "clean": clean, "code": lambda text: Markup(fence(disarm(text))), "address": lambda url: Markup(web_address(clean(url))),
    }  # fmt: skip
    return made


# --- Markdown


def escape_markdown(text: str) -> str:
    """Text that Markdown shows as it is: it marks nothing, calls nobody and leads nowhere.

    >>> escape_markdown("*bold* <!channel> @all")
    '\\\\*bold\\\\* \\\\<\\\\!channel\\\\> @\\u200ball'
    >>> escape_markdown("http://example.org"), escape_markdown("1. - +"), escape_markdown("- 5")
    ('http:\\u200b//example.org', '1\\\\. - +', '\\\\- 5')
    """
    shown = re.sub(r"[\\`*_{}\[\]<>#!|~&]", r"\\\g<0>", text)
    shown = re.sub(r"^(\s*\d*)([-+.)=])", r"\1\\\2", shown)
    return re.sub(r"(?<=@)(?=\w)|(?<=:)(?=//)", "\u200b", shown)


def fence(text: str) -> str:
    """Text as code, in which chats find neither markup nor mentions; a backtick in it would end it.

    >>> fence("tallywatch mute 1"), fence("a`b")
    ('`tallywatch mute 1`', '`aˋb`')
    """
    return f"`{text.replace('`', 'ˋ')}`"


def web_address(url: str) -> str:
    """An address in which nothing is markup: what could be is written as its bytes.

    >>> web_address("https://example.org/a_b?c=[1]#(d)@e")
    'https://example.org/a_b?c=%5B1%5D#%28d%29%40e'
    """
    return quote(url, safe=":/?#&=%+,;.-_")


# --- read back


def markdown_of(title: str, body: str, html: str) -> str:
    """The Markdown of an alert that is kept as text and HTML; where the HTML is not of these templates, its text line by line."""
    page = read_page(html)
    sections = page.sections or tuple(Section(tuple(map(Line, block.splitlines()))) for block in body.split("\n\n"))
    return render_markdown(Page(title, sections, small=page.small))


def read_page(html: str) -> Page:
    """The page that was laid out as this HTML, as far as its sections and its small print go."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return Page("", tuple(Section(tuple(lines), heading) for heading, lines in reader.sections if lines), small=tuple(reader.small))


class _Reader(HTMLParser):
    """What the template wrote: an element of a known class is a line, and <mark> and <code> stand out in it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sections: list[tuple[str, list[Line]]] = []
        self.small: list[Line] = []
        self.open: list[str] = []
        self.text: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = dict(attrs).get("class") or ""
        if name == "section":
            if self.small:  # the end of one alert, and another of its group comes
                self.sections.append(("", self.small))
                self.small = []
            self.sections.append(("", []))
        elif name in LINES:
            self.open, self.text = [name], {"": [""]}
        elif self.open and tag in ("mark", "code"):
            self.open.append(tag)
            self.text.setdefault(tag, []).append("")

    def handle_data(self, data: str) -> None:
        if self.open:
            self.text[""][0] += data
            if len(self.open) > 1:
                self.text[self.open[-1]][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if len(self.open) > 1 and tag == self.open[-1]:
            self.open.pop()
        elif self.open and tag == LINES[self.open[0]]:
            self.close_line(self.open.pop(), self.text[""][0], tuple(self.text.get("mark", ())), tuple(self.text.get("code", ())))

    def close_line(self, name: str, text: str, marks: tuple[str, ...], codes: tuple[str, ...]) -> None:
        if name == "small":
            self.small.append(Line(text, marks=marks, codes=codes))
        elif name == "heading":
            self.sections[-1] = (text, [])
        else:
            self.sections[-1][1].append(Line(text, Look(name), marks, codes))


LINES = {
    "heading": "h2", "title": "h3", "quote": "blockquote", "item": "li",
    **dict.fromkeys(("plain", "link", "source", "course", "small"), "p"),
}  # fmt: skip
"""The class of each line, and its tag."""
