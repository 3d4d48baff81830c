"""Words that tables of the domain hold for the screens: each is there in every language of the desk."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from paydesk.domain.callbacks.words import OUTCOMES
from paydesk.domain.ledger.rules import CHART
from paydesk.domain.reconciliation.rules import CLASSES, FUNDS, NEXT_STEPS
from paydesk.domain.reconciliation.states import RESOLUTIONS
from paydesk.domain.retention.rules import CLASSES as KEPT
from paydesk.foundation.clocks.rules import LADDER, PAUSES
from paydesk.kernel.lifecycle import Lifecycle, words
from paydesk.reporting.two_files.meanings import KINDS, MATCH_MEANINGS, MEANINGS
from paydesk.web.account.rights import RIGHT_WORDS
from paydesk.web.approvals.words import STATE_WORDS, WORDS
from paydesk.web.provider_cash.rows import KINDS as DOUBTS
from paydesk.web.reconciliation.rules import KEY_WORDS, NUMBER_WORDS
from paydesk.web.tests.test_own_language import OTHERS, WEB, written
from paydesk.web.trail.words import VERB_WORDS

PACKAGE = WEB.parent


def states() -> set[str]:
    """Every state of every lifecycle, in words."""
    found = set()
    for path in PACKAGE.rglob("states.py"):
        module = importlib.import_module(dotted(path))
        for each in vars(module).values():
            if isinstance(each, Lifecycle):
                found |= {words(state) for state in each.states}
    return found


def dotted(path: Path) -> str:
    return ".".join((PACKAGE.name, *path.relative_to(PACKAGE).with_suffix("").parts))


def held_in_tables() -> set[str]:
    found = {account.name for account in CHART} | states()
    for table in (
        OUTCOMES, CLASSES, FUNDS, NEXT_STEPS, RESOLUTIONS, KEPT, LADDER, PAUSES, KINDS, MATCH_MEANINGS,
        MEANINGS, RIGHT_WORDS, STATE_WORDS, DOUBTS, KEY_WORDS, NUMBER_WORDS, VERB_WORDS,
    ):  # fmt: skip
        found |= {each for each in table.values() if isinstance(each, str)}
    for asked in WORDS.values():
        found |= {asked.one, asked.many, asked.does, asked.asked}
    return found


@pytest.mark.parametrize("language", OTHERS)
def test_each_word_of_a_table_is_there(language: str) -> None:
    needed = held_in_tables()
    assert len(needed) > 700
    missing = sorted(needed - set(written(language)))
    assert not missing, f"Write these in {language}: {missing}"
