"""The invented cases and the model they make, learnt once for all tests of a process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from paydesk.categorising.labelled import Labelled, read_labelled
from paydesk.categorising.learning import train
from paydesk.categorising.model import Model

SAMPLE = Path(__file__).parents[1] / "samples" / "invented_cases.csv"


@lru_cache(maxsize=1)
def invented_cases() -> tuple[Labelled, ...]:
    return tuple(read_labelled(SAMPLE))


@lru_cache(maxsize=1)
def invented_model() -> Model:
    return train(invented_cases(), learnt_at="2026-11-22T02:00:00+00:00")
