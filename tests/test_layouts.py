"""Layouts of the systems that newspapers run on, each with what surrounds an article there: small pages of our own."""

# ruff: noqa: E501  (markup reads better unbroken)

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

import pytest

from crawler.article import Moment
from crawler.pages import read_article

URL = "https://courier.example/world/harbour-attack"
TITLE = "Missiles kill dozens in the harbour of Port Lamer"
A = "At least 46 people were killed when missiles hit the harbour of Port Lamer on Wednesday night, the interior ministry said."
B = "Rescuers pulled 128 survivors from the ruins, and 17 of them are in a critical condition, said Mara Venn of the city hospital."
C = "The mayor said that more than 2,300 residents had been moved to schools and sports halls in the hills above the town."
D = "It was the heaviest attack on the coast since the spring, when 31 dockers died in a single night."
STORY = (A, B, C, D)
JUNK = "9011"
"""Stands in everything that is beside the article."""


@dataclass(frozen=True)
class Layout:
    """A page, the lines that its text must have, and what its text must not hold."""

    name: str
    body: str
    lines: tuple[str, ...] = STORY
    foreign: tuple[str, ...] = (JUNK,)
    head: str = ""
    title: str = TITLE
    url: str = URL
    lang: str = "en"

    def page(self) -> bytes:
        return (
            f"<!DOCTYPE html><html lang='{self.lang}'><head><meta charset='utf-8'><title>{self.title} | The Courier</title>"
            f"<meta property='og:title' content='{self.title}'>{self.head}</head><body>{self.body}</body></html>").encode()


def p(*texts: str, tag: str = "p", attributes: str = "") -> str:
    return "".join(f"<{tag} {attributes}>{text}</{tag}>" for text in texts)


def ld(**fields: object) -> str:
    return f"<script type='application/ld+json'>{json.dumps({'@type': 'NewsArticle', 'headline': TITLE, **fields})}</script>"


H1 = f"<h1>{TITLE}</h1>"
CARDS = "".join(
    f"<div class='{{0}}'><a href='/x{n}'><img src='x'><h3>Another {JUNK} houses flooded in the valley of the Arn, part {n}</h3></a>"
    f"<p>Water stood {JUNK} centimetres high in the streets of the town on Tuesday.</p></div>" for n in range(4))
COMMENTS = "".join(
    f"<{{0}}><b>reader{n}</b><p>I do not believe a word of it, my cousin counted {JUNK} ships and {n + 70} planes there last year, "
    f"and nobody wrote about it, which tells you everything you need to know about this newspaper and its editors.</p></{{0}}>"
    for n in range(12))

SYSTEMS = [
    Layout("WordPress block theme", f"""
        <div class="wp-site-blocks"><header class="wp-block-template-part"><nav class="wp-block-navigation"><a href=/>Home</a></nav></header>
        <main class="wp-block-group"><h1 class="wp-block-post-title">{TITLE}</h1>
        <div class="wp-block-post-date"><time datetime="2026-02-05T10:05:00+02:00">February 5, 2026</time></div>
        <div class="entry-content wp-block-post-content is-layout-constrained">{p(A)}
        <figure class="wp-block-image"><img src=a><figcaption>The quay with {JUNK} crates.</figcaption></figure>{p(B)}
        <div class="wp-block-group has-background"><h3>Subscribe</h3><p>Join {JUNK} readers and get our letter every morning.</p>
        <form><input type=email></form></div>{p(C, D)}
        <ul class="wp-block-latest-posts__list wp-block-latest-posts"><li><a href="/q">{JUNK} houses flooded</a></li></ul>
        <div class="sharedaddy sd-sharing-enabled"><p>Share this: {JUNK}</p></div></div>
        <div class="wp-block-comments"><ol class="wp-block-comment-template">{COMMENTS.format("li")}</ol></div></main></div>"""),
    Layout("Arc XP", f"""
        <div id="fusion-app"><main><article><div class="headline-container">{H1}</div>
        <div class="ts-byline">By <a href="/staff/ann">Ann Harrow</a></div>
        <div class="article-body-wrapper">{p(A, B, attributes="class='default__StyledText-sc-1 body-paragraph'")}
        <p class="interstitial-link block-margin-bottom"><a href="/q">[ {JUNK} ships have left the harbour since the war began, data show ]</a></p>
        <div class="arcad-feature"><div class="ad-label">ADVERTISEMENT</div></div>
        {p(C, D, attributes="class='body-paragraph'")}</div></article>
        <div class="right-rail"><h4>Most read</h4>{CARDS.format("promo")}</div></main></div>"""),
    Layout("Drupal", f"""
        <main role="main"><div class="region region-content"><div class="block block-system"><article role="article" class="node node--type-news">
        {H1}<div class="node__content"><div class="field field--name-field-image"><img src=a>
        <div class="field field--name-field-caption">Smoke over {JUNK} tonnes of grain. Photo: Courier</div></div>
        <div class="clearfix text-formatted field field--name-body field--type-text-with-summary field--label-hidden field__item">{p(*STORY)}</div>
        <div class="field field--name-field-tags"><a href=/t>Harbour {JUNK}</a></div></div></article></div>
        <div class="views-element-container"><div class="view view-related"><div class="views-row">
        <a href="/q">{JUNK} houses flooded</a></div></div></div></div></main>"""),
    Layout("Next.js with its data", f"""
        <div id="__next"><div class="css-1x0b2"><div class="css-9a8b7">{H1}<div class="css-77aa1">{p(*STORY, attributes="class='css-at9mc1'")}</div>
        </div><div class="css-5d5d5"><h2>You may have missed</h2>{CARDS.format("css-22bb2")}</div></div></div>
        <script id="__NEXT_DATA__" type="application/json">{json.dumps({"props": {"stories": [f"{JUNK} houses flooded"]}})}</script>"""),
    Layout("AMP", f"""
        <amp-sidebar id="s"><ul><li>Menu {JUNK}</li></ul></amp-sidebar><article>{H1}
        <amp-img src=a></amp-img><p>{A}</p><amp-ad width=300><p>Only {JUNK} left in stock, order yours today before they are gone.</p></amp-ad>
        <p>{B}</p><amp-carousel><div class="slide"><amp-img src=a></amp-img><div class="caption">{JUNK} crates burnt on the quay.</div></div>
        </amp-carousel>{p(C, D)}</article><amp-list src="/related"><template type="amp-mustache"><p>{JUNK} more</p></template></amp-list>"""),
    Layout("Ghost", f"""
        <main id="site-main"><article class="gh-article post"><header class="gh-article-header">{H1}</header>
        <section class="gh-content gh-canvas">{p(A, B)}<figure class="kg-card kg-bookmark-card"><a class="kg-bookmark-container" href="/q">
        <div class="kg-bookmark-content"><div class="kg-bookmark-title">{JUNK} houses flooded</div>
        <div class="kg-bookmark-description">Water stood {JUNK} centimetres high in the streets of the town on Tuesday.</div></div></a></figure>
        <div class="kg-card kg-signup-card"><h2>Sign up</h2><p>{JUNK} people read us every day, and so should you.</p></div>{p(C, D)}</section></article>
        <section class="gh-comments"><h2>{JUNK} comments</h2></section></main>"""),
    Layout("Chorus", f"""
        <main id="content"><article class="l-main-content"><div class="l-segment">{H1}<p class="c-entry-summary p-dek">{D}</p></div>
        <div class="c-entry-content">{p(A, B)}<aside class="c-read-more"><h4>Related</h4><ul><li><a href=/q>{JUNK} houses flooded</a></li></ul></aside>
        {p(C)}</div></article><section class="c-comments"><p>{JUNK} Comments</p></section></main>""", lines=(A, B, C)),
    Layout("Squarespace", f"""
        <article class="BlogItem hentry"><div class="blog-item-title">{H1}</div><div class="blog-item-content-wrapper"><div class="sqs-layout">
        <div class="row sqs-row"><div class="col sqs-col-12"><div class="sqs-block html-block"><div class="sqs-block-content">{p(A, B)}</div></div>
        <div class="sqs-block image-block"><div class="image-caption-wrapper"><div class="image-caption"><p>{JUNK} crates on the quay.</p></div></div></div>
        <div class="sqs-block html-block"><div class="sqs-block-content">{p(C, D)}</div></div></div></div></div></div>
        <section class="item-pagination"><a href=/q><h2>{JUNK} houses flooded</h2></a></section></article>"""),
    Layout("Bitrix", f"""
        <div class="wrapper"><div class="content"><h1 id="pagetitle">{TITLE}</h1><div class="news-detail"><span class="news-date-time">05.02.2026</span>
        <img class="detail_picture">{A}<br><br>{B}<br />\n<br />{C}<br>&nbsp;<br>{D}<div style="clear:both"></div>
        <div class="news-detail-share">Share {JUNK}</div></div>
        <div class="news-list">{"".join(f'<p class="news-item"><a href="/{n}"><b>{JUNK} houses flooded</b></a></p>' for n in range(5))}</div></div></div>"""),
    Layout("Joomla", f"""
        <div class="item-page" itemscope itemtype="https://schema.org/Article"><div class="page-header"><h2 itemprop="headline">{TITLE}</h2></div>
        <dl class="article-info muted"><dt>Details</dt><dd class="hits">Hits: {JUNK}</dd><dd class="published"><time datetime="2026-02-05T10:05:00+02:00"
        itemprop="datePublished">05 February 2026</time></dd></dl><div itemprop="articleBody">{p(*STORY)}</div>
        <ul class="pager pagenav"><li class="previous"><a href=/q>Prev</a></li></ul></div>
        <div class="moduletable"><h3>Popular</h3><ul class="mostread"><li><a href=/q>{JUNK} houses flooded</a></li></ul></div>"""),
    Layout("tables as layout", f"""
        <table width=900><tr><td colspan=3>The Courier, circulation {JUNK}</td></tr><tr><td width=150><a href=/>Home</a><br><a href=/w>World</a></td>
        <td><font size=5><b>{TITLE}</b></font><p>{A}<p>{B}<p>{C}<p>{D}</td><td width=200><b>Other news</b><br><a href=/q>{JUNK} houses flooded</a></td></tr>
        </table>"""),
    Layout("agency wire", f"""
        <div id=main>{H1}<div class="wire">PORT LAMER, Feb 5 (Wire) - {A}<br><br>{B}<br><br>{C}<br><br>{D}<br><br></div></div>
        <div id=foot>Call {JUNK} for subscriptions.</div>""", lines=(f"PORT LAMER, Feb 5 (Wire) - {A}", B, C, D)),
    Layout("paragraphs as div", f"<div class=page>{H1}<div class=txt>{p(*STORY, tag='div')}</div><div class=foot>{p(JUNK, tag='div')}</div></div>"),
    Layout("paragraphs as span", f"<article>{H1}<div>{p(*STORY, tag='span', attributes='style=display:block')}</div></article>", lines=()),
    Layout("a widget for each paragraph",
           f"<main>{H1}" + p(*STORY, attributes="", tag="p").replace("<p >", "<div class='widget widget-text'><p>").replace("</p>", "</p></div>")
           + f"<div class='widget widget-related'><a href=/q>{JUNK} houses flooded</a></div></main>"),
    Layout("sections with an advertisement each", "<article>" + H1 + "".join(
        f"<section><p>{text}</p></section><div class='ad-slot'><p>Advertisement {JUNK}</p></div>" for text in STORY) + "</article>"),
    Layout("no paragraph closed", f"<body>{H1}<div class=story><p>{A}<p>{B}<p>{C}<p>{D}</div>"),
    Layout("a form around the page", f"""<form action=/x method=post><div class=main>{H1}<div class=LongDesc>{p(*STORY, tag='div')}</div>
        <div class=ask><p>Write to us about {JUNK} things.</p><form><input></form></div></div></form>""", foreign=()),
    Layout("story before its headline's box", f"<main><div class=hero><p class=standfirst>{D}</p></div><div class=head>{H1}</div>"
           f"<div class=body>{p(A, B, C)}</div></main>", lines=(A, B, C)),
]

FIGURES = [
    Layout("a table of figures", f"""<article>{H1}{p(A, B)}<table><thead><tr><th>Town</th><th>Killed</th><th>Wounded</th></tr></thead>
        <tr><td>Port Lamer</td><td>46</td><td>128</td></tr><tr><td>Orvik</td><td>7</td><td>19</td></tr></table>{p(C, D)}</article>""",
           lines=(*STORY, "Town | Killed | Wounded", "Port Lamer | 46 | 128", "Orvik | 7 | 19")),
    Layout("a table in a figure", f"""<article>{H1}{p(A, B, C)}<figure class="wp-block-table"><table><tr><td>Orvik</td><td>7</td></tr></table>
        <figcaption>By town.</figcaption></figure>{p(D)}</article>""", lines=(*STORY, "Orvik | 7")),
    Layout("a table at the end", f"""<article>{H1}{p(*STORY)}<table><tr><td>Orvik</td><td>7</td></tr><tr><td>Sund</td><td>19</td></tr></table></article>
        <footer>{JUNK}</footer>""", lines=(*STORY, "Orvik | 7", "Sund | 19")),
    Layout("a list of definitions", f"<article>{H1}{p(A, B)}<dl><dt>Port Lamer</dt><dd>46 killed</dd><dt>Orvik</dt><dd>7 killed</dd></dl>{p(C, D)}</article>",
           lines=(*STORY, "46 killed", "7 killed")),
    Layout("bullets in the lede", f"<article>{H1}<ul class=key-points><li>46 people killed</li><li>128 rescued alive</li></ul>{p(*STORY)}</article>",
           lines=(*STORY, "46 people killed", "128 rescued alive")),
    Layout("a list at the end", f"<article>{H1}{p(A, B, C)}<p>The dead by town:</p><ul><li>Orvik: 7</li><li>Sund: 19</li></ul></article>",
           lines=(A, B, C, "The dead by town:", "Orvik: 7", "Sund: 19")),
    Layout("a numbered list with links", f"""<article>{H1}{p(A, B)}<ol><li>In <a href=/o>Orvik</a> 7 people were buried in their cellars.</li>
        <li>In <a href=/s>Sund</a> 19 people drowned.</li></ol>{p(C, D)}</article>""",
           lines=(*STORY, "In Orvik 7 people were buried in their cellars.", "In Sund 19 people drowned.")),
    Layout("an interview", f"""<article>{H1}{p(A)}<p><b>How many have you treated?</b></p><p>By now 128.</p><p><b>And how many died?</b></p>
        <p>Of those, 17.</p>{p(C, D)}</article>""", lines=(A, "How many have you treated?", "By now 128.", "And how many died?", "Of those, 17.", C, D)),
    Layout("short lines", f"<article>{H1}{p(A, 'Then came the second wave.', '31 dead.', B, C)}</article>",
           lines=(A, "Then came the second wave.", "31 dead.", B, C)),
    Layout("questions to unfold", f"<article>{H1}{p(A, B)}<details><summary>How many died?</summary><p>So far 46 deaths are confirmed.</p></details>{p(C, D)}</article>",
           lines=(*STORY, "How many died?", "So far 46 deaths are confirmed.")),
    Layout("a quotation", f"<article>{H1}{p(A, B)}<blockquote><p>We have counted 212 shells on this street alone.</p></blockquote>{p(C, D)}</article>",
           lines=(*STORY, "We have counted 212 shells on this street alone.")),
    Layout("a correction", f"""<article>{H1}{p(*STORY)}<p class="correction"><em>Correction: An earlier version of this article said that 43 people
        were killed.</em></p></article>""", lines=(*STORY, "Correction: An earlier version of this article said that 43 people were killed.")),
    Layout("a box of facts", f"<article>{H1}{p(A, B)}<div class=factbox><h3>The war at sea</h3><ul><li>1,204 sailors killed</li><li>88 ships lost</li></ul></div>"
           f"{p(C, D)}</article>", lines=(*STORY, "1,204 sailors killed", "88 ships lost")),
    Layout("links within sentences", f"<article>{H1}<p>At least <a href=/a>46 people were killed</a> when missiles hit "
           f"<a href=/b>the harbour of Port Lamer</a> on Wednesday night, the interior ministry said.</p>{p(B, C, D)}</article>"),
    Layout("a number split by marks", f"<article>{H1}<p>At least <b>46</b> people were <span>killed</span> when missiles hit the harbour of Port Lamer on "
           f"Wednesday night, the interior ministry said.</p><p>More than 2<sup>*</sup> ships sank.</p>{p(B, C, D)}</article>"),
    Layout("a short flash", f"<main>{H1}<div class=text><p>At least 46 people were killed in Port Lamer.</p></div></main>",
           lines=("At least 46 people were killed in Port Lamer.",)),
]

BESIDE = [
    Layout("a second article to scroll on to", f"""<div class=feed><article>{H1}{p(*STORY)}</article>
        <article><h1>{JUNK} houses flooded</h1>{p(*[f'Water stood {JUNK} centimetres high in street number {n} of the town of Sund on Tuesday.' for n in range(9)])}
        </article></div>"""),
    Layout("many articles to scroll on to", f"<div class=feed><article>{H1}{p(*STORY)}</article>" + "".join(
        f"<article><h1>{JUNK} houses flooded, part {n}</h1>{p(*[f'Water stood {JUNK} cm high in street {n}-{m} of Sund on Tuesday.' for m in range(6)])}"
        "</article>" for n in range(6)) + "</div>"),
    Layout("articles to scroll on to under smaller headings", f"<div class=feed><article><h1>{TITLE}</h1>{p(*STORY)}</article>" + "".join(
        f"<article><h2><a href=/n{n}>{JUNK} houses flooded, part {n}</a></h2>"
        f"{p(*[f'Water stood {JUNK} cm high in street {n}-{m} of Sund on Tuesday.' for m in range(6)])}</article>" for n in range(3)) + "</div>"),
    Layout("comments longer than the article", f"<main><article>{H1}{p(A, B)}</article><section class=comments>{COMMENTS.format('div')}</section></main>",
           lines=(A, B)),
    Layout("comments within the article", f"<article>{H1}<div class=body>{p(A, B)}</div><div id=disqus_thread>{COMMENTS.format('div')}</div></article>",
           lines=(A, B)),
    Layout("a letter to subscribe to", f"""<article>{H1}{p(A, B)}<div class="newsletter-signup"><h3>The Morning Letter</h3><p>Get {JUNK} stories a week,
        chosen by our editors, in your mailbox every day at six.</p><input><button>Sign up</button></div>{p(C, D)}</article>"""),
    Layout("a call without a box", f"<article>{H1}{p(A, B)}<p><em>Sign up for our newsletter and read {JUNK} stories a week.</em></p>{p(C, D)}</article>"),
    Layout("related boxes with numbers", f"<article>{H1}{p(A)}<div class=related-content>{CARDS.format('card')}</div>{p(B, C, D)}</article>"),
    Layout("a gallery", f"""<article>{H1}{p(A, B)}<div class="photo-gallery"><ul><li><img src=a><p>{JUNK} crates burnt on the quay of Port Lamer.</p></li>
        <li><img src=b><p>Some {JUNK} tonnes of grain were lost in the fire.</p></li></ul></div>{p(C, D)}</article>"""),
    Layout("captions", f"""<article>{H1}<div class="image"><img src=a><div class="image-caption">Smoke over {JUNK} tonnes of grain.</div></div>{p(A, B)}
        <figure><img src=b><figcaption>{JUNK} crates burnt.</figcaption></figure><p class="wp-caption-text">{JUNK} ships.</p>{p(C, D)}</article>"""),
    Layout("most read without a name", f"<div>{H1}<div>{p(*STORY)}</div><ol>" + "".join(
        f"<li><a href=/{n}>{JUNK} houses flooded in the valley, part {n}</a></li>" for n in range(8)) + "</ol></div>"),
    Layout("tags and author", f"""<article>{H1}{p(*STORY)}<div class="author-bio"><p>Ann Harrow has covered {JUNK} wars and lives in Orvik with two
        cats.</p></div><div class="tags"><a href=/t>Port Lamer</a> <a href=/t>{JUNK}</a></div></article>"""),
    Layout("counters and stamps", f"""<article>{H1}<div class=info><span>Updated 2 hours ago</span> <span>4 min read</span> <span>{JUNK} views</span></div>
        <p>4 min read</p><p>Updated 3 hours ago</p><p>Published 11:47</p><p>{JUNK} views</p><p>{JUNK} comments</p>{p(*STORY)}</article>""",
           foreign=(JUNK, "4 min", "2 hours", "3 hours", "11:47")),
    Layout("a ticker of shares", f"""<div class="markets"><span>LMX {JUNK} +0.4%</span></div><main>{H1}{p(*STORY)}</main>
        <div class=weather><p>Port Lamer {JUNK} degrees</p></div>"""),
    Layout("a cookie dialog", f"""<div id="cookie-banner"><p>We and our {JUNK} partners store information on your device, read it, and use it to choose what
        you see, as long as you do not object to it in the settings of this page.</p></div><main>{H1}{p(A)}</main>""", lines=(A,)),
    Layout("a poll", f"<article>{H1}{p(A, B)}<div class=poll><p>Do you feel safe? {JUNK} readers have voted so far.</p></div>{p(C, D)}</article>"),
    Layout("shops", f"<article>{H1}{p(*STORY)}<div class='affiliate-box'><p>Helmet, now only {JUNK} crowns instead of 12,000 crowns.</p></div></article>"),
    Layout("an audio player", f"<article>{H1}<div class='audio-player'><p>Listen to this article, {JUNK} seconds.</p></div>{p(*STORY)}</article>"),
    Layout("what is written for screen readers", f"<article>{H1}<p>{A} <span class='sr-only'>Opens {JUNK} windows</span></p>{p(B, C, D)}</article>"),
    Layout("copyright", f"<article>{H1}{p(*STORY)}<p>© {JUNK} The Courier. All rights reserved.</p></article>"),
    Layout("a wall", f"""<article>{H1}{p(A)}<div class="wall"><h2>Read on</h2><p>Subscribe now for {JUNK} crowns a month.</p></div>
        <div class="rest" style="display:none">{p(B, C, D, D + f' And {JUNK}.')}</div></article>""", lines=(A,),
           head=ld(isAccessibleForFree=False, hasPart={"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".rest"})),
    Layout("a wall around a part", f"<article>{H1}{p(A, B)}<div class=rest hidden>{p(C, f'{D} And {JUNK}.')}</div></article>", lines=(A, B),
           head=ld(hasPart=[{"@type": "WebPageElement", "isAccessibleForFree": "False", "cssSelector": ".rest"}])),
    Layout("a wall whose text JSON-LD holds", f"<article>{H1}{p(A)}</article>", lines=(A,),
           head=ld(isAccessibleForFree="False", articleBody=" ".join((*STORY, f"And {JUNK}.") * 3))),
]

BOXES = {
    "uk": ("Читайте також", "Щонайменше 46 людей загинули внаслідок ракетного удару по порту Ламер у середу вночі, повідомило міністерство."),
    "ru": ("Читайте также", "Не менее 46 человек погибли в результате ракетного удара по порту Ламер в ночь на среду, сообщило министерство."),
    "de": ("Lesen Sie auch", "Mindestens 46 Menschen sind in der Nacht zum Mittwoch beim Beschuss des Hafens getötet worden, teilte das Ministerium mit."),
    "fr": ("Lire aussi", "Au moins 46 personnes ont été tuées dans la nuit de mercredi par des missiles tirés sur le port, selon le ministère."),
    "es": ("Lea también", "Al menos 46 personas murieron en la noche del miércoles cuando varios misiles alcanzaron el puerto, según el ministerio."),
    "it": ("Leggi anche", "Almeno 46 persone sono morte nella notte di mercoledì quando i missili hanno colpito il porto, secondo il ministero."),
    "pl": ("Czytaj też", "Co najmniej 46 osób zginęło w nocy ze środy na czwartek, gdy pociski trafiły w port, podało ministerstwo."),
    "pt": ("Leia também", "Pelo menos 46 pessoas morreram na noite de quarta-feira quando mísseis atingiram o porto, segundo o ministério."),
    "nl": ("Lees ook", "Minstens 46 mensen zijn in de nacht van woensdag gedood toen raketten de haven troffen, aldus het ministerie."),
    "en": ("Read also", A),
}
MORE = {"uk": "Більше за темою", "ru": "По теме", "de": "Mehr zum Thema", "fr": "Sur le même sujet", "es": "Más información", "en": "More on this story"}
LANGUAGES = [
    layout for lang, (label, text) in BOXES.items() for layout in (
        Layout(f"a link in mid-text, {lang}", f"<article>{H1}<p>{text}</p><p><strong>{label}:</strong> <a href=/q>{JUNK} ships have left the harbour, and "
               f"no one knows where they are.</a></p><p>{text.replace('46', '128')}</p><p>{label}: {JUNK} ships have left the harbour</p>"
               f"<p>{text.replace('46', '2300')}</p></article>", lines=(text, text.replace("46", "128"), text.replace("46", "2300")), lang=lang),
        Layout(f"links under a label, {lang}", f"<article>{H1}<p>{text}</p><p>{text.replace('46', '128')}</p><p>{MORE.get(lang, label)}</p>"
               f"<p><a href=/q>{JUNK} ships have left the harbour, and no one knows where they are.</a></p>"
               f"<p><a href=/r>The {JUNK} days of the siege: a chronicle of hunger and of hope.</a></p><p>{text.replace('46', '2300')}</p></article>",
               lines=(text, text.replace("46", "128"), text.replace("46", "2300")), lang=lang))]

SCRIPTS = [
    Layout("Arabic, from the right", f"<div dir=rtl><h1>مقتل 46 شخصا</h1><div class=content>{p('قُتل 46 شخصا على الأقل في هجوم صاروخي على الميناء ليلة الأربعاء، حسبما أعلنت وزارة الداخلية.', 'وقال رئيس البلدية إن أكثر من 2300 من السكان نقلوا إلى المدارس والقاعات الرياضية.')}</div><div class=related>{JUNK}</div></div>",
           lines=("قُتل 46 شخصا على الأقل في هجوم صاروخي على الميناء ليلة الأربعاء، حسبما أعلنت وزارة الداخلية.",), title="مقتل 46 شخصا", lang="ar"),
    Layout("Hebrew", f"<article dir=rtl><h1>46 הרוגים</h1>{p('לפחות 46 בני אדם נהרגו כאשר טילים פגעו בנמל בליל רביעי, כך מסר משרד הפנים.', 'מחלצים משכו 128 ניצולים מן ההריסות, ו-17 מהם במצב קשה.')}</article>",
           lines=("מחלצים משכו 128 ניצולים מן ההריסות, ו-17 מהם במצב קשה.",), title="46 הרוגים", lang="he"),
    Layout("Chinese", f"<article><h1>港口遇袭46人死亡</h1>{p('内政部表示，周三夜间导弹击中港口，至少46人死亡。', '救援人员从废墟中救出128名幸存者，其中17人伤势严重。')}</article>",
           lines=("救援人员从废墟中救出128名幸存者，其中17人伤势严重。",), title="港口遇袭46人死亡", lang="zh"),
]

HEADLINES = [
    Layout("a logo as h1", f"<header><h1><a href=/>The Courier</a></h1></header><main><h2>{TITLE}</h2>{p(*STORY)}</main>"),
    Layout("a headline as h2", f"<article><h2 class=headline>{TITLE}</h2>{p(*STORY)}</article>"),
    Layout("subheads as h1", f"<article>{H1}{p(A, B)}<h1>The second wave</h1>{p(C)}<h1>The winter</h1>{p(D)}</article>"),
    Layout("a headline twice", f"<div class=sticky><h1>{TITLE}</h1></div><article>{H1}{p(*STORY)}</article>"),
]

LAYOUTS = [*SYSTEMS, *FIGURES, *BESIDE, *LANGUAGES, *SCRIPTS, *HEADLINES]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_an_article_is_read_whole_and_nothing_beside_it(layout: Layout) -> None:
    article = read_article(layout.page(), layout.url)

    lines = article.text.splitlines()
    assert [line for line in layout.lines if line not in lines] == []
    assert [word for word in layout.foreign if word in article.text] == []
    assert article.title == layout.title
    assert set(article.core.splitlines()) <= set(lines)


UTC_2 = "2026-02-05T10:05:00+02:00"


@pytest.mark.parametrize(("stamp", "moment"), [
    ("<p class=date>5 лютого 2026, 10:05</p>", datetime(2026, 2, 5, 10, 5)),
    ("<div>Опубликовано 5 февраля 2026 г. в 10:05</div>", datetime(2026, 2, 5, 10, 5)),
    ("<span class=meta>Published Feb. 5, 2026 at 10:05 pm</span>", datetime(2026, 2, 5, 22, 5)),
    ("<div class=x>Donnerstag, 5. Februar 2026, 10:05 Uhr</div>", datetime(2026, 2, 5, 10, 5)),
    ("<p>Publié le 5 février 2026 à 10h05, mis à jour le 6 février 2026 à 11h11</p>", datetime(2026, 2, 5, 10, 5)),
    ("<p>jueves, 5 de febrero de 2026</p>", date(2026, 2, 5)),
    ("<p>05.02.2026 | 10:05</p>", datetime(2026, 2, 5, 10, 5)),
    ("<p>5 February 2026 10:05 GMT</p>", datetime.fromisoformat("2026-02-05T10:05:00+00:00")),
    ("<p>Published Feb 5, 2026 | Updated Feb 6, 2026 11:11</p>", date(2026, 2, 5)),
    (f"<time datetime='{UTC_2}'>5 February 2026 at 10:05</time>", datetime.fromisoformat(UTC_2)),
    ("<p>On 5 February 2026 at 10:05 the first missile came down.</p>", None),
    ("<p>5 February, 10:05</p>", None),
    ("<p>31 February 2026</p>", None),
])
def test_a_page_that_shows_its_time_and_declares_none_is_dated_by_what_stands_nearest_to_its_headline(stamp: str, moment: Moment | None) -> None:
    elsewhere = "<div class=date>Tuesday, 3 March 2026</div><ul><li><time datetime='2025-12-24T08:00:00Z'>Older</time></li></ul>"
    body = f"<div class=top>{elsewhere if moment else ''}</div><article><header>{H1}{stamp}</header>{p(*STORY)}</article>"

    published = read_article(Layout("", body).page(), URL).published

    assert published == moment
    assert getattr(published, "tzinfo", None) == getattr(moment, "tzinfo", None)
