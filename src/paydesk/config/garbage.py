"""When a process looks for garbage."""

from __future__ import annotations

import atexit
import gc


def look_never() -> None:
    """Not until `look_seldom`: with looking, reading all modules takes a fifth longer, and next to nothing
    of them is garbage."""
    gc.disable()


def look_seldom() -> None:
    """Leave what a started process keeps for good alone, and look for garbage cycles seldom.

    Call it once everything is loaded. An answer makes some thousands of objects, so with Python's own
    thresholds each is looked at many times over: a quarter of the time of a page of thirty rows.
    """
    gc.freeze()
    gc.enable()
    gc.set_threshold(25_000, 20, 50)
    atexit.register(gc.unfreeze)  # DuckDB would call what it still finds at the end leaked
