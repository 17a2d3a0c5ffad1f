"""How far a run is, for somebody who watches a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from crawler.health import Health


@contextmanager
def show_progress(out: TextIO, hidden: bool) -> Iterator[Callable[[int, Health], None] | None]:
    """Give what draws a bar, told of how many outlets there are and of each as it ends; nothing where nobody watches."""
    if hidden or not out.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("collecting"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=Console(file=out), transient=True, auto_refresh=False) as bar:
        task = bar.add_task("")

        def tell(among: int, done: Health) -> None:
            bar.update(task, total=among, advance=1, description=f"{done.outlet}: {done.status}", refresh=True)
            if bar.finished:
                bar.stop()  # what is printed next has the terminal to itself

        yield tell


@contextmanager
def counting(out: TextIO, what: str) -> Iterator[Callable[[int, int], None]]:
    """Give what draws a bar, told how many of how many are done; it draws nothing where nobody watches."""
    if not out.isatty():
        yield lambda done, among: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    with Progress(TextColumn(what), BarColumn(), MofNCompleteColumn(), console=Console(file=out), transient=True) as bar:
        task = bar.add_task("")
        yield lambda done, among: bar.update(task, total=among, completed=done)
