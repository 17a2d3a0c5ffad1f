"""What a page shows -> its HTML. Every text of strangers is escaped here, and nowhere else."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

HIGH, LONG = 22, 100
"""Of the small line in a list, as its box in parts.html has it."""


def render(template: str, depth: int, asof: str, **shown: Any) -> str:
    """A page from its template; `depth` is how many folders below the top it lies, `asof` the moment it is of. A page that is served shows
    what is `live` of it, too: the secret of its forms, what was just said, and where to go back to."""
    about = {"live": None, "styles": chart_styles() if shown.get("chart") else ()}
    return templates().get_template(template).render(root="../" * depth, asof=asof, **about | shown)


@cache
def templates() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("monitors.report.site"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        auto_reload=False,
    )  # fmt: skip
    made.filters |= {"polyline": polyline, "count": lambda number: f"{number:,.0f}"}
    return made


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
    from markupsafe import Markup

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
