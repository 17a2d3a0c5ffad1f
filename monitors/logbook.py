"""The log of runs: a line for each event, in a file that is turned over before it grows large."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

from monitors.config import Configuration

OURS = ("crawler", "monitors")
MOST_BYTES, KEPT = 5_000_000, 5
"""A file is turned over at this size; so many old ones are kept beside it."""
LONGEST = 4_000
"""Letters of a line: a traceback fits, a page does not."""
HIDDEN = "****"


@contextmanager
def logging_to(config: Configuration, *, to_file: bool = True, aloud: bool = False) -> Iterator[list[str]]:
    """Log what our own code says while this lasts: to the configured file, and with `aloud` to standard error, too.

    What goes wrong with it stands in the list that is given, a line each: a log that cannot be written costs no run.
    """
    troubles: list[str] = []
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)] if aloud else []
    if to_file and (path := config.log_file):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handlers.append(_LogFile(path, troubles))
        except OSError as error:
            troubles.append(f"{path}: the log cannot be written: {error.strerror}")
    line = JsonLine(config.secrets) if config.log.json_lines else Line(config.secrets)
    loggers = [logging.getLogger(name) for name in OURS]
    before = [logger.level for logger in loggers]
    for handler in handlers:
        handler.setFormatter(line)
        for logger in loggers:
            logger.addHandler(handler)
            logger.setLevel(logging.INFO)
    try:
        yield troubles
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
            for handler in handlers:
                logger.removeHandler(handler)
        for handler in handlers:
            handler.close()


class _LogFile(RotatingFileHandler):
    """Opened at once, so that what is wrong with it is known; on a full disk a run goes on without its log."""

    def __init__(self, path: Path, troubles: list[str]) -> None:
        super().__init__(path, maxBytes=MOST_BYTES, backupCount=KEPT, encoding="utf-8", errors="backslashreplace")
        self.troubles = troubles

    def handleError(self, record: logging.LogRecord) -> None:
        if not self.troubles:
            self.troubles.append(f"{self.baseFilename}: the log cannot be written: {sys.exc_info()[1]}")


class Line(logging.Formatter):
    """A record as one line of text, whatever stands in it, and without the secrets of the configuration.

    >>> said = logging.makeLogRecord({"name": "monitors.job", "levelname": "INFO", "created": 0, "msg": "one\\ntwo s3cret"})
    >>> Line(["s3cret"]).format(said)
    '1970-01-01T00:00:00Z INFO monitors.job: one\\\\ntwo ****'
    """

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        super().__init__()
        self.secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        return f"{self.at(record)} {record.levelname} {record.name}: {self.said(record)}"

    def at(self, record: logging.LogRecord) -> str:
        return f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%SZ}"

    def said(self, record: logging.LogRecord) -> str:
        said = record.getMessage()
        if record.exc_info:
            said = f"{said}\n{self.formatException(record.exc_info)}"
        for secret in self.secrets:
            said = said.replace(secret, HIDDEN)
        shown = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in said)
        half = LONGEST // 2  # an error stands at the end of its traceback
        return shown if len(shown) <= LONGEST else f"{shown[:half]}…{shown[-half:]}"


class JsonLine(Line):
    """A record as a JSON object in one line."""

    def format(self, record: logging.LogRecord) -> str:
        fields = {"at": self.at(record), "level": record.levelname, "logger": record.name, "message": self.said(record)}
        return json.dumps(fields, ensure_ascii=False)
