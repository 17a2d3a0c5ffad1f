"""Frozen dataclasses <-> JSON columns, by their type hints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from monitors.exchange import read_moment

T = TypeVar("T")


def dump(value: Any) -> Any:
    """A value as JSON: fields that hold their default are left out."""
    if value is None or type(value) in PLAIN:
        return value
    if (defaults := _defaults(type(value))) is not None:  # type: ignore[arg-type]
        return {name: dump(v) for name, default in defaults if (v := getattr(value, name)) != default}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return [dump(item) for item in value] if isinstance(value, tuple | list) else value


PLAIN = frozenset({str, int, bool, float})


@cache
def _defaults(kind: type[Any]) -> tuple[tuple[str, Any], ...] | None:
    """The fields of a dataclass, each with its default."""
    return tuple((f.name, f.default) for f in fields(kind)) if is_dataclass(kind) else None


def load(kind: type[T], row: Mapping[str, Any]) -> T:
    """A dataclass from its JSON."""
    readers = _readers(kind)  # type: ignore[arg-type]
    return kind(**{name: value if (read := readers[name]) is None or value is None else read(value)
                   for name, value in row.items() if name in readers})  # fmt: skip


@cache
def _readers(kind: type[Any]) -> dict[str, Callable[[Any], Any] | None]:
    """How the fields of a dataclass are read; None for what JSON has as it is."""
    return {name: _reader(hint) for name, hint in get_type_hints(kind).items()}


def _reader(hint: Any) -> Callable[[Any], Any] | None:
    if {date, datetime} <= set(get_args(hint)):
        return read_moment
    if get_origin(hint) in (Union, UnionType):
        hint = next(option for option in get_args(hint) if option is not NoneType)
    if get_origin(hint) is tuple:
        read = _reader(get_args(hint)[0])
        return tuple if read is None else lambda items: tuple(map(read, items))
    if is_dataclass(hint) and isinstance(hint, type):
        return partial(load, hint)
    if isinstance(hint, type) and issubclass(hint, Enum | date):
        return hint.fromisoformat if issubclass(hint, date) else hint
    return None
