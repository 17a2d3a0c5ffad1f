"""Article pages of our own words, as heavy as real ones: 100 to 250 KB with navigation, teasers, scripts and JSON-LD around 900 words."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

from crawler.article import Article
from tests.bench.bench_figures import THINGS, make_article

WITH_FIGURES = 5
"""One page in so many holds figures: three sentences of it, as a news report does."""
SECTIONS = ("World", "Politics", "Business", "Culture", "Science", "Sport", "Travel", "Opinion", "Weather", "Video")


def write_pages(folder: Path, address: str, count: int) -> list[str]:
    """Write `count` pages and a feed of them all (/rss.xml); the pages' URLs."""
    now = datetime.now(UTC).replace(microsecond=0)
    urls, items = [], []
    for number in range(count):
        published = now - timedelta(minutes=5 * number)
        article, url = make_story(number), f"{address}/{number}.html"
        (folder / f"{number}.html").write_text(make_page(article, url, published, number), encoding="utf-8")
        urls.append(url)
        items.append(
            f"<item><title>{escape(article.title)}</title><link>{url}</link><pubDate>{format_datetime(published)}</pubDate></item>"
        )
    head = '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>News</title><link>/</link>'
    (folder / "rss.xml").write_text(f"{head}{''.join(items)}</channel></rss>", encoding="utf-8")
    return urls


def make_story(number: int) -> Article:
    """900 words, the same for the same number; in every fifth the second sentence and two more hold figures."""
    return make_article(number, lambda chance, at: number % WITH_FIGURES == 0 and at in (1, 7, 20))


def make_page(article: Article, url: str, published: datetime, seed: int) -> str:
    """The whole page. Around the article about 900 elements, 200 links, and scripts for half of its weight, as real ones have."""
    chance = random.Random(seed)
    size = chance.randint(100_000, 250_000)
    lines = article.text.split("\n")
    paragraphs = "".join(f'<p class="c-body__text {_token(chance)}">{_with_links(escape(line), chance)}</p>' for line in lines)
    data = _json_ld(article, url, published, whole=seed % 4 == 0)
    page = PAGE.format(
        title=escape(article.title), url=url, published=published.isoformat(), data=data, navigation=_navigation(chance),
        paragraphs=paragraphs, teasers="".join(_teaser(chance, number) for number in range(64)), footer=_navigation(chance),
        word=THINGS[seed % len(THINGS)], style=_style(chance, 18_000), script="{script}",
    )  # fmt: skip
    return page.replace("{script}", _script(chance, size - len(page)))


def _json_ld(article: Article, url: str, published: datetime, whole: bool) -> str:
    facts = {
        "@context": "https://schema.org", "@type": "NewsArticle", "mainEntityOfPage": {"@type": "WebPage", "@id": url},
        "headline": article.title, "datePublished": published.isoformat(), "dateModified": (published + timedelta(minutes=9)).isoformat(),
        "author": [{"@type": "Person", "name": "Ines Moreau"}], "inLanguage": "en", "isAccessibleForFree": True,
        "publisher": {"@type": "Organization", "name": "The Bench", "logo": {"@type": "ImageObject", "url": "/logo.png"}},
    }  # fmt: skip
    return json.dumps(facts | ({"articleBody": article.text} if whole else {})).replace("</", "<\\/")


def _with_links(text: str, chance: random.Random) -> str:
    words = text.split(" ")
    at = chance.randrange(len(words))
    words[at] = f'<a href="/topic/{_token(chance)}">{words[at]}</a>'
    return " ".join(words)


def _navigation(chance: random.Random) -> str:
    return "".join(
        f'<li class="nav__item {_token(chance)}"><a href="/{section.lower()}/{_token(chance)}" data-track="{_token(chance)}">'
        f"<span>{section} {number}</span></a></li>"
        for number in range(6) for section in SECTIONS
    )  # fmt: skip


def _teaser(chance: random.Random, number: int) -> str:
    thing = chance.choice(THINGS)
    return (
        f'<article class="teaser {_token(chance)}"><a href="/story/{_token(chance)}"><picture><source srcset="/i/{_token(chance)}.webp">'
        f'<img src="/i/{_token(chance)}.jpg" alt="{thing}" width="320" height="180" loading="lazy"></picture>'
        f'<h3 class="teaser__title">What {thing} means for {number} towns</h3></a><p>A short word on {thing}, and more of it inside.</p>'
        f'<time datetime="2026-01-{1 + number % 28:02}T10:00:00Z">{number} hours ago</time></article>'
    )


def _style(chance: random.Random, size: int) -> str:
    return _fill(size, lambda: f".{_token(chance)}{{margin:{chance.randint(0, 40)}px;color:#{chance.randrange(1 << 24):06x}}}")


def _script(chance: random.Random, size: int) -> str:
    """State that a page's own scripts are started with; most of what a page weighs."""
    return _fill(size, lambda: f'{{"id":"{_token(chance)}","kind":"card","ref":"/a/{_token(chance)}","rank":{chance.randint(0, 9999)}}},')


def _fill(size: int, piece: Callable[[], str]) -> str:
    parts: list[str] = []
    while size > 0:
        parts.append(piece())
        size -= len(parts[-1])
    return "".join(parts)


def _token(chance: random.Random) -> str:
    return f"{chance.getrandbits(48):x}"


PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title} | The Bench</title>
<link rel="canonical" href="{url}"><meta name="description" content="More on {word} and what it means.">
<meta property="og:title" content="{title}"><meta property="og:type" content="article"><meta property="og:url" content="{url}">
<meta property="article:published_time" content="{published}"><meta name="author" content="Ines Moreau">
<script type="application/ld+json">{data}</script><style>{style}</style></head>
<body><header class="site-header"><a href="/" class="logo">The Bench</a><nav><ul>{navigation}</ul></nav></header>
<main id="content"><div class="layout"><article class="c-article" itemscope itemtype="https://schema.org/NewsArticle">
<header><p class="kicker">World</p><h1 class="c-article__title">{title}</h1>
<p class="byline">By <a href="/by/ines-moreau" rel="author">Ines Moreau</a></p><time datetime="{published}">today</time></header>
<figure><img src="/lead.jpg" alt="{word}"><figcaption>A view of {word}. Photo: The Bench</figcaption></figure>
<div class="c-body">{paragraphs}</div>
<ul class="share"><li><a href="/share/1">Share</a></li><li><a href="/share/2">Mail</a></li><li><a href="/share/3">Print</a></li></ul>
</article><aside class="related"><h2>More on this</h2>{teasers}</aside></div></main>
<footer class="site-footer"><ul>{footer}</ul><p>© The Bench. All rights reserved.</p></footer>
<script>window.__STATE__=[{script}0]</script></body></html>
"""
