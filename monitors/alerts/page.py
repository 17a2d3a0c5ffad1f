"""Lay an alert out: a page of sections becomes plain text and HTML that mail clients show well. Everything is escaped: pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from html import escape

from monitors.alerts.phrases import clean


class Look(Enum):
    """How a line is set."""

    PLAIN = "plain"
    QUOTE = "quote"
    ITEM = "item"
    LINK = "link"
    TITLE = "title"
    """The title of one item among many."""


@dataclass(frozen=True)
class Line:
    """One line of text; of a link its address."""

    text: str
    look: Look = Look.PLAIN


@dataclass(frozen=True)
class Section:
    """Lines under a heading; the first section of a page has none and tells it all in short."""

    lines: tuple[Line, ...]
    heading: str = ""


@dataclass(frozen=True)
class Page:
    """What a reader sees: the title, the values large (old and new; either may be empty), sections, and small print."""

    title: str
    sections: tuple[Section, ...]
    old: str = ""
    new: str = ""
    small: tuple[str, ...] = ()


# --- plain text


def render_text(page: Page) -> str:
    """The page without its title, which every channel shows itself."""
    blocks = ["\n".join(text_lines(section)) for section in page.sections if section.lines]
    if page.small:
        blocks.append("\n".join(clean(line) for line in page.small))
    return "\n\n".join(blocks)


def text_lines(section: Section) -> Iterable[str]:
    if section.heading:
        yield clean(section.heading).upper()
    marks = {Look.PLAIN: "{}", Look.QUOTE: "“{}”", Look.ITEM: "- {}", Look.LINK: "{}", Look.TITLE: "{}"}
    for line in section.lines:
        yield marks[line.look].format(clean(line.text))


# --- HTML
#
# Styles stand inline because mail clients drop style sheets; colours are half-transparent greys and no background is set, so that the
# client's own light or dark page shows through; nothing is wider than a phone.

FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
GREY = "color:#7d8590"
RULE = "rgba(128,136,148,.35)"
BREAK = "overflow-wrap:anywhere"

STYLES = {
    "page": f"{FONT};font-size:15px;line-height:1.5;max-width:600px;margin:0 auto;padding:16px;{BREAK}",
    "title": "font-size:18px;line-height:1.35;font-weight:600;margin:0 0 12px",
    "values": "font-size:28px;line-height:1.25;font-weight:700;margin:0 0 14px",
    "old": f"{GREY};font-weight:400",
    "arrow": f"{GREY};font-weight:400",
    "heading": f"font-size:12px;font-weight:600;letter-spacing:.05em;text-transform:uppercase;{GREY};"
    f"margin:20px 0 6px;padding-top:12px;border-top:1px solid {RULE}",
    "plain": "margin:0 0 6px",
    "quote": f"margin:8px 0 12px;padding:2px 0 2px 12px;border-left:3px solid {RULE};font-style:italic",
    "item": "margin:0 0 6px;padding-left:14px;text-indent:-14px",
    "link": "margin:0 0 6px",
    "entry": f"font-size:15px;font-weight:600;margin:16px 0 6px;padding-top:12px;border-top:1px solid {RULE}",
    "anchor": "color:#2f7de1",
    "small": f"font-size:12px;{GREY};margin:20px 0 0;padding-top:12px;border-top:1px solid {RULE}",
}


def render_html(page: Page) -> str:
    """The page as one HTML document with inline styles."""
    title = escape(clean(page.title))
    body = "".join(
        (tag("h1", "title", title), values(page.old, page.new), *map(section_html, page.sections), small_html(page.small))
    )
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
        f"<style>:root{{color-scheme:light dark}}</style><title>{title}</title></head>"
        f'<body style="margin:0">{tag("div", "page", body)}</body></html>'
    )


def tag(name: str, style: str, inner: str) -> str:
    return f'<{name} style="{STYLES[style]}">{inner}</{name}>' if inner else ""


def values(old: str, new: str) -> str:
    """The new value large, the old one lighter before it."""
    before = f'{tag("span", "old", escape(clean(old)))} {tag("span", "arrow", "&rarr;")} ' if old else ""
    return tag("div", "values", before + escape(clean(new))) if new else ""


def section_html(section: Section) -> str:
    lines = "".join(line_html(line) for line in section.lines)
    return tag("div", "heading", escape(clean(section.heading))) + lines if lines else ""


def line_html(line: Line) -> str:
    text = clean(line.text)
    match line.look:
        case Look.QUOTE:
            return tag("blockquote", "quote", escape(text))  # the bar says that it is a quotation; its own marks stay as printed
        case Look.ITEM:
            return tag("div", "item", f"&bull;&nbsp; {escape(text)}")
        case Look.LINK:
            return tag("div", "link", link(text))
        case Look.TITLE:
            return tag("h2", "entry", escape(text))
        case Look.PLAIN:
            return tag("p", "plain", escape(text))


def link(url: str) -> str:
    """An address people may follow; what is not of the web stays text."""
    if not url.lower().startswith(("http://", "https://")):
        return escape(url)
    return f'<a href="{escape(url)}" style="{STYLES["anchor"]}">{escape(url)}</a>'


def small_html(lines: tuple[str, ...]) -> str:
    return tag("div", "small", "<br>".join(escape(clean(line)) for line in lines))
