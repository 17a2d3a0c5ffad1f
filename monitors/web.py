"""The report on this machine's own address, as the history is at the moment, with search and what a person has to say.

Whoever may reach the address may read. To say something one needs the token: it makes a session, each form carries the session's own
secret, and what does not come from a page of ours is refused. A name that is not ours is not answered, so that no page elsewhere can be
made to point here under its own name.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from io import BytesIO
from secrets import token_urlsafe
from threading import Lock
from typing import Any
from urllib.parse import urlsplit
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from flask import Flask, Response, abort, flash, get_flashed_messages, jsonify, redirect, request, session
from sqlalchemy import Connection
from werkzeug.exceptions import HTTPException

from monitors import verdicts
from monitors.alerts.addresses import disagreement_page, quantity_page
from monitors.choice import known_outlets, make_policy
from monitors.config import Configuration
from monitors.failure import Failure
from monitors.history import overview, queries
from monitors.history.archive import Archive
from monitors.history.proofs import find_proofs
from monitors.history.store import History
from monitors.history.verdicts import queue
from monitors.lock import Locked, lock
from monitors.pronounce import Judge, pronounce
from monitors.report.evidence import evidence_files
from monitors.report.rows import review_rows, series_rows
from monitors.report.site import shown
from monitors.report.site.pages import assets, chart_styles, render
from monitors.report.site.views import Looks, disagreement_view, page_view, quantity_row, web_link

LOOPBACK = ("127.0.0.1", "localhost", "::1")
FOUND = 20
"""Series that a search shows."""
REVIEWED = 50
PATIENCE = 20
"""Seconds that a verdict waits for a run to end: longer than that nobody looks at a page that does nothing."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' {styles}; img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}  # fmt: skip


def make_app(config: Configuration, history: History, token: str, hosts: tuple[str, ...] = LOOPBACK, open_to_read: bool = True) -> Flask:
    """The pages of a history, answered under some host names; without the token one may only read, or not even that."""
    app = Flask("monitors.report.site", static_folder=None, template_folder=None)
    app.config.update(
        SECRET_KEY=token_urlsafe(32), SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Strict", SESSION_COOKIE_NAME="tallywatch",
        MAX_CONTENT_LENGTH=64_000,
    )  # fmt: skip
    pages = Pages(config, history)
    _guard(app, token, hosts, open_to_read)
    for rule, view in pages.views().items():
        app.add_url_rule(rule, view.__name__, view)
    app.add_url_rule("/say", "say", pages.say, methods=["POST"])
    app.register_error_handler(HTTPException, pages.excuse)
    app.register_error_handler(Failure, pages.excuse)
    return app


def _guard(app: Flask, token: str, hosts: tuple[str, ...], open_to_read: bool) -> None:
    """What every request passes first, and every answer last."""

    @app.before_request
    def let_in() -> Any:
        if request.host.rpartition(":")[0].strip("[]") not in hosts and request.host not in hosts:
            abort(421, "This is not an address of this page.")
        if given := request.args.get("token"):
            if not hmac.compare_digest(given.encode(), token.encode()):
                abort(403, "The token is wrong: it is printed where tallywatch serve was started.")
            session.update(known=True, form=token_urlsafe(24))
            return redirect(request.path)
        if request.method == "POST":
            _check_form()
        elif not (open_to_read or session.get("known")):
            abort(403, "Open this page with its token: …/?token=…")
        return None

    policy = POLICY.format(styles=" ".join(f"'{style}'" for style in chart_styles()))

    @app.after_request
    def seal(response: Response) -> Response:
        for name, value in {"Content-Security-Policy": policy, **HEADERS}.items():
            response.headers.setdefault(name, value)
        return response


def _check_form() -> None:
    """A form of ours, sent by a page of ours, by somebody who has the token."""
    if not session.get("known"):
        abort(403, "To say something, open the page with its token: it is printed where tallywatch serve was started.")
    origin = request.headers.get("Origin")  # a proxy in front may speak https where we do not
    elsewhere = origin is not None and urlsplit(origin).netloc != request.host
    foreign = elsewhere or request.headers.get("Sec-Fetch-Site") not in (None, "same-origin")
    if foreign or not hmac.compare_digest(request.form.get("form", "").encode(), str(session["form"]).encode()):
        abort(403, "The form is not from this page, or is too old: go back, load the page again, and send it once more.")


class Pages:
    """A view for each kind of page; every one reads the history as it is at that moment."""

    def __init__(self, config: Configuration, history: History) -> None:
        self.config, self.history = config, history
        titles = {spider.name: spider.title for spider in known_outlets(config).spiders.values() if spider.title}
        self._looks = Looks(config.zone, titles, with_copies=True, edited=())
        self._assets = assets()
        self._names: tuple[int, Mapping[str, str]] = (-1, {})
        self._naming = Lock()

    def views(self) -> dict[str, Callable[..., Any]]:
        return {
            "/": self.home, "/index.html": self.index, "/quantities.html": self.quantities,
            "/quantities-<int:number>.html": self.quantities, "/quantities/<name>.html": self.quantity,
            "/disagreements.html": self.disagreements, "/disagreements/<name>.html": self.disagreement,
            "/alerts.html": self.alerts, "/alerts/<int:number>.html": self.earlier_alerts, "/edits.html": self.edits,
            "/edits-<int:number>.html": self.edits, "/articles/<int:number>.html": self.article, "/review.html": self.review,
            "/search": self.search, "/alerts.atom": self.feed, "/assets/<name>": self.asset,
            "/evidence/<int:claim>.zip": self.evidence,
        }  # fmt: skip

    # --- what is read

    def home(self) -> Any:
        return redirect("index.html")

    def index(self) -> str:
        with self.history.reading() as connection:
            looks = self._looks
            return self._show(connection, "index.html", **shown.first_page(connection, looks))

    def quantities(self, number: int = 1) -> str:
        with self.history.reading() as connection:
            keys = overview.quantity_keys(connection)
            for _, here, addresses, part in shown.in_pages(keys, "quantities"):
                if here == number:
                    rows = [quantity_row(course) for course in overview.quantities(connection, part, proofs=False)]
                    return self._show(connection, "quantities.html", quantities=rows, number=number, addresses=addresses)
        abort(404)

    def quantity(self, name: str) -> str:
        with self.history.reading() as connection:
            stem = name.rpartition("-")[0]
            key = self._key(connection, f"quantities/{name}.html") or self._key(connection, f"quantities/{stem}.html")
            if key is not None:
                looks = self._looks
                (course,) = overview.quantities(connection, [key])
                for address, what in shown.quantity_pages(course, looks):
                    if address == f"quantities/{name}.html":
                        return self._show(connection, "quantity.html", 1, **what)
        abort(404)

    def disagreements(self) -> str:
        with self.history.reading() as connection:
            return self._show(connection, "disagreements.html", **shown.disagreements(connection, self._looks))

    def disagreement(self, name: str) -> str:
        with self.history.reading() as connection:
            key = self._key(connection, f"disagreements/{name}.html")
            for course in overview.quantities(connection, [key] if key else [], proofs=False):
                if course.spreads:
                    return self._show(connection, "disagreement.html", 1, shown=disagreement_view(course, self._looks))
        abort(404)

    def alerts(self) -> str:
        with self.history.reading() as connection:
            count, told = queries.counts(connection).events, overview.told_lately(connection, shown.ALERTS)
            return self._show(connection, "alerts.html", **shown.alerts(told, 0, count, self._looks))

    def earlier_alerts(self, number: int) -> str:
        with self.history.reading() as connection:
            count = queries.counts(connection).events
            if not 1 <= number <= shown.alert_pages(count):
                abort(404)
            passed = max(0, count - number * shown.ALERTS)
            told = overview.told_lately(connection, count - (number - 1) * shown.ALERTS - passed, passed)
            return self._show(connection, "alerts.html", 1, **shown.alerts(told, number, count, self._looks))

    def feed(self) -> Response:
        with self.history.reading() as connection:
            return Response(shown.feed(connection), content_type="application/atom+xml; charset=utf-8")

    def edits(self, number: int = 1) -> str:
        with self.history.reading() as connection:
            looks = self._looks
            for _, here, addresses, part in shown.in_pages(overview.edited_pages(connection), "edits"):
                if here == number:
                    found = overview.pages_of(connection, part)
                    rows = [shown.edit_row(page.id, page_view(page, looks)) for page in found]
                    return self._show(connection, "edits.html", edits=rows, number=number, addresses=addresses)
        abort(404)

    def article(self, number: int) -> str:
        with self.history.reading() as connection:
            for page in overview.pages_of(connection, [number]):
                return self._show(connection, "article.html", 1, shown=page_view(page, self._looks))
        abort(404)

    def search(self) -> Response:
        """The series that match some words, as the search box lists them."""
        words = request.args.get("q", "")[:200].split()
        with self.history.reading() as connection:
            found = queries.find_series(connection, words, FOUND) if words else []
            keys = queries.quantities_of(connection, [value.id for value in found])
        rows = zip(series_rows(found), found, strict=True)
        return jsonify([[row["what"], quantity_page(keys[value.id]), row["value"], row["claimant"]] for row, value in rows])

    def asset(self, name: str) -> Response:
        if name not in self._assets:
            abort(404)
        kind = "text/css" if name.endswith(".css") else "text/javascript"
        return Response(self._assets[name], content_type=f"{kind}; charset=utf-8", headers={"Cache-Control": "max-age=3600"})

    def evidence(self, claim: int) -> Response:
        """What `tallywatch evidence` writes of a figure, in one file. It is saved, never shown: a page of strangers is no page of ours."""
        with self.history.reading() as connection:
            found = find_proofs(connection, str(claim))
        if not found:
            abort(404)
        archive = Archive(self.config.archive_folder) if self.config.archive_folder else None
        packed = BytesIO()
        with ZipFile(packed, "w", ZIP_DEFLATED) as out:
            for name, content in evidence_files(found[0], archive).items():
                out.writestr(ZipInfo(f"evidence-{claim}/{name}"), content)
        name = f'attachment; filename="evidence-{claim}.zip"'
        return Response(packed.getvalue(), content_type="application/zip", headers={"Content-Disposition": name})

    # --- what is said

    def review(self) -> str:
        with self.history.reading() as connection:
            waiting = review_rows(queue(connection, datetime.now(UTC), REVIEWED), make_policy(self.config).publishers.titles)
            looks = self._looks
            rows = [row | {"link": web_link(row["link"]), "at": looks.when(row["at"])} for row in waiting]
            return self._show(connection, "review.html", rows=rows)

    def say(self) -> Any:
        """Approve, reject or mute, as a form asks; then back to where it was."""
        judge = _judge_of(request.form)
        try:
            with lock(self.config.database_url, wait=PATIENCE):
                errors = pronounce(self.config, self.history, judge, flash)
            for channel, error in errors.items():
                flash(f"channel {channel}: {error}; the next run tries again")
        except Locked:
            flash("A run is at work on this history and nothing was changed: try again in a minute.")
        except Failure as error:
            flash(str(error))
        back = request.form.get("back", "")
        return redirect(back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/review.html", 303)

    def excuse(self, error: Exception) -> Response:
        status, what = (error.code or 500, error.description) if isinstance(error, HTTPException) else (404, str(error))
        page = render("excuse.html", 0, "now", live=_live(), what=what or "", status=status)
        return Response(page, status, content_type="text/html; charset=utf-8")

    # --- around it

    def _show(self, connection: Connection, template: str, depth: int = 0, **what: Any) -> str:
        seen = overview.last_seen(connection)
        asof = self._looks.when(seen) if seen else "nothing yet"
        return render(template, depth, asof, live=_live(), **what)

    def _key(self, connection: Connection, address: str) -> str | None:
        """The quantity whose page this is, or whose disagreement's: the pages of all are known until something new is stated."""
        newest = overview.newest_statement(connection)
        with self._naming:
            if self._names[0] != newest:
                keys = overview.quantity_keys(connection)
                self._names = newest, {page: key for key in keys for page in (quantity_page(key), disagreement_page(key))}
            return self._names[1].get(address)


def _live() -> dict[str, Any]:
    """What a served page has that a written one has not: the form's secret, and what was just said."""
    return {"form": session.get("form", "") if session.get("known") else "", "said": get_flashed_messages(), "back": request.path}


def _judge_of(form: Mapping[str, str]) -> Judge:
    what, target, why = form.get("verdict", ""), form.get("target", "")[:300], form.get("why", "").strip()[:1000]
    match what:
        case "approve":
            return lambda connection, policy, now: verdicts.approve(connection, policy, target, now)
        case "reject" if why:
            return lambda connection, policy, now: verdicts.reject(connection, policy, target, why, now)
        case "reject":
            abort(400, "Say why it is wrong: those who were told are told that, too.")
        case "mute":
            return lambda connection, policy, now: verdicts.mute(connection, policy, [target], None, now)
        case "unmute":
            return lambda connection, policy, now: verdicts.unmute(connection, policy, [target], now)
    abort(400, "There is no such verdict.")
