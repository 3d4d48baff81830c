"""How often a process that runs for long looks for garbage."""

from __future__ import annotations

import gc


def look_seldom() -> None:
    """Leave what a started process keeps for good alone, and look for garbage cycles seldom.

    Call it once everything is loaded. An answer makes some thousands of objects, so with Python's own
    thresholds each is looked at many times over: a quarter of the time of a page of thirty rows.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(25_000, 20, 50)
