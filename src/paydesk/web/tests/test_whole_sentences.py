"""A sentence is said whole or stays English: no shorter pattern makes half of it another language."""

from __future__ import annotations

import ast
from functools import cache

import pytest
from django.utils import translation

from paydesk.web import sentences
from paydesk.web.language import spoken
from paydesk.web.tests.test_nothing_left_in_english import REFUSING, SCREENS, sentences_of, sources
from paydesk.web.tests.test_own_language import OTHERS, WEB, written
from paydesk.web.tests.test_words_of_the_domain import held_in_tables

PUT_IN = "X1"


@cache
def said_in_the_sources() -> frozenset[str]:
    """Each string of several words in the domain and the screens, a figure in each of its places."""
    found = set()
    for folder in [WEB.parent / package for package in REFUSING] + [WEB / screen for screen in SCREENS]:
        for tree in sources(folder):
            for node in (each for each in ast.walk(tree) if isinstance(each, ast.Constant | ast.JoinedStr)):
                found |= {each.replace("{}", PUT_IN) for each in sentences_of(node, {})}
    return frozenset(each for each in found | held_in_tables() if " " in each and len(each) < 300)


@pytest.mark.parametrize("language", OTHERS)
def test_no_sentence_of_ours_is_said_half_in_each(language: str) -> None:
    """What is left of it in the other language would be the words of a place that nobody knows."""
    known, needed = set(written(language)), said_in_the_sources()
    assert len(needed) > 3000
    half = {}
    for english in sorted(needed - known):
        said = sentences.put(english, language)
        for run in english.split(PUT_IN):
            words = run.strip(" .,:;…").split(" ")
            if said != english and len(words) > 2 and " ".join(words) in said:
                half[english] = said
    assert not half, f"Write these in {language}: {half}"


@pytest.mark.parametrize(
    "english",
    [
        "Forget whoever asks twice",
        "The refund which nobody wanted is no longer in the books.",
        "What we took back from them was paid",
    ],
)
@pytest.mark.parametrize("language", OTHERS)
def test_a_pattern_does_not_take_english_of_ours_for_a_name(english: str, language: str) -> None:
    assert sentences.put(english, language) == english


def test_names_codes_and_what_a_person_wrote_in_their_place_are_put_in() -> None:
    with translation.override("fr"):
        assert spoken("Forget Ama de la Cruz") == "Effacer Ama de la Cruz"
        missing = "Document missing: {} Ask for it, then say of the file what it is."
        assert spoken(missing.format("what she has sent.")) == (
            "Document manquant\u00a0: what she has sent. Demandez-le, puis dites du fichier ce qu’il est."
        )
        assert spoken("Refund: Refund has not come") == "Remboursement\u00a0: Remboursement pas arrivé"


def test_sums_and_reasons_are_said_clause_by_clause() -> None:
    sum_of_clock = "27 h working time (by closing time, 2 days later); 3 h 20 min used; 23 h 40 min left."
    assert sentences.put(sum_of_clock, "fr") == (
        "27 h de temps ouvré (avant la fermeture, 2 jours plus tard)\u00a0; 3 h 20 min utilisées\u00a0;"
        " reste 23 h 40 min."
    )
    reason = "The row claims it; this phone paid into it 12 times before."
    assert sentences.put(reason, "sw") == "Mstari unautaja; simu hii ilishaulipia mara 12."
    unknown = "The row claims it; it smells of money."
    assert sentences.put(unknown, "sw") == unknown
