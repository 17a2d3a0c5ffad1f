"""What a page shows -> its HTML. Every text of strangers is escaped here, and nowhere else: by the templates, or by `escape`."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from monitors.report.site.views import PrintedView, Sentence, StatedView

HIGH, LONG = 22, 100
"""Of the small line in a list, as its box in parts.html has it."""


def render(template: str, depth: int, asof: str, **shown: Any) -> str:
    """A page from its template; `depth` is how many folders below the top it lies, `asof` the moment it is of. A page that is served shows
    what is `live` of it, too: the secret of its forms, what was just said, and where to go back to."""
    about = {"live": None, "styles": chart_styles() if shown.get("chart") else ()}
    return templates().get_template(template).render(root="../" * depth, asof=asof, **about | shown)


@cache
def templates() -> Environment:
    made = Environment(
        loader=PackageLoader("monitors.report.site"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        auto_reload=False,
    )  # fmt: skip
    made.filters |= {"polyline": polyline, "count": lambda number: f"{number:,.0f}", "quoted": quoted, "carriers": carriers}
    made.globals |= {"outward": outward, "printed": printed}
    return made


def quoted(sentence: Sentence) -> Markup:
    """A sentence in quotation marks, its number marked."""
    return Markup(_quote(sentence))


def outward(address: str, text: str) -> Markup:
    """A link to a page of strangers, which learns nothing of where one comes from; the text alone where there is no address."""
    return Markup(_link(address, text))


def carriers(of: StatedView) -> Markup:
    """Who carries a statement, each with its link."""
    named = (f"{_link(url, outlet)}{f' (copies {escape(copied)})' if copied else ''}" for outlet, url, copied in of.carriers)
    return Markup(", ".join(named) + (f" and {of.more_carriers} more" if of.more_carriers else ""))


def printed(figures: Sequence[PrintedView], root: str, live: bool) -> Markup:
    """Figures as pages print them. There are a hundred thousand of these, for which a template takes ten times as long."""
    rows = []
    for one in figures:
        page = f'; <a href="{root}{escape(one.page)}">versions of the page</a>' if one.page else ""
        copy = f'; <a href="{root}evidence/{one.claim}.zip">archived copy</a>' if one.archived and live else ""
        about = f'<span class="dim">{_link(one.link, one.outlet)}{escape(one.facts)}{page}{copy}</span>'
        rows.append(f'<li id="c{one.claim}">{_quote(one.sentence)}\n{about}</li>')
    return Markup('<ul class="printed">\n' + "\n".join(rows) + "\n</ul>")


def _quote(sentence: Sentence) -> str:
    mark = f"<mark>{escape(sentence.number)}</mark>" if sentence.number else ""
    return f"<q>{escape(sentence.before)}{mark}{escape(sentence.after)}</q>"


def _link(address: str, text: str) -> str:
    shown = escape(text)
    return f'<a href="{escape(address)}" rel="noopener noreferrer nofollow">{shown}</a>' if address else shown


def polyline(values: Sequence[float]) -> str:
    """The points of a small line of steps.

    >>> polyline([0, 10])
    '0.0,23.0 100.0,23.0 100.0,1.0'
    """
    low, high = min(values), max(values)
    heights = [f"{HIGH + 1 - HIGH * (value - low) / ((high - low) or 1):.1f}" for value in values]
    step = LONG / (len(values) - 1)
    points = [f"0.0,{heights[0]}"]
    for n, (before, here) in enumerate(pairwise(heights), 1):
        points += [f"{n * step:.1f},{before}", f"{n * step:.1f},{here}"]
    return " ".join(points)


def as_data(value: Any) -> Any:
    """JSON that may stand in a page as it is: nothing in it ends the element it stands in."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def assets() -> dict[str, bytes]:
    """The files that every page shares, by name."""
    own = files("monitors.report.site").joinpath("assets")
    files_of_it = [own.joinpath("report.css"), own.joinpath("report.js"), plotting_library()]
    return {file.name: file.read_bytes() for file in files_of_it}


def plotting_library() -> Traversable:
    return files("plotly").joinpath("package_data", "plotly.min.js")


@cache
def chart_styles() -> tuple[str, ...]:
    """The style elements that the plotting library makes, as the content security policy names them: an empty one, to which it adds its
    rules, and one whose text stands in the library."""
    made = re.findall(r"""\.textContent='(\.[^'\\]*)'""", plotting_library().read_text("utf-8"))
    return tuple(f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}" for text in ("", *made))
