"""What is read once for an answer need not be read again for it.

A page asks the same of several places: what a case is about, what a contract owes. Inside `one_reading` a
function marked `read_once` answers the second time as it did the first; outside, and where something is
written, it reads every time. Only for functions whose answer nobody changes.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_read: ContextVar[dict[Hashable, Any] | None] = ContextVar("read", default=None)


@contextmanager
def one_reading() -> Iterator[None]:
    """Until the end of the block, what is marked `read_once` is read once."""
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)


def _key(reads: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Hashable:
    return (reads, args, tuple(sorted(kwargs.items())))


def read_once(function: Callable[P, R]) -> Callable[P, R]:
    """Inside `one_reading`, the answer of the first call with these arguments, which have to be hashable."""

    @functools.wraps(function)
    def reads(*args: P.args, **kwargs: P.kwargs) -> R:
        read = _read.get()
        if read is None:
            return function(*args, **kwargs)
        key = _key(reads, args, kwargs)
        if key not in read:
            read[key] = function(*args, **kwargs)
        found: R = read[key]
        return found

    return reads


def have_read(function: Callable[P, R], answer: R, *args: P.args, **kwargs: P.kwargs) -> None:
    """Inside `one_reading`, take `answer`, which came with something else, for what `function`, marked
    `read_once`, answers to these arguments."""
    read = _read.get()
    if read is not None:
        read.setdefault(_key(function, args, kwargs), answer)


def is_reading() -> bool:
    """Whether we are inside `one_reading`."""
    return _read.get() is not None
