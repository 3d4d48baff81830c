"""What is found by words in what somebody wrote; texts are invented."""

from __future__ import annotations

import pytest

from paydesk.domain.cases import actions, rules
from paydesk.domain.cases.flags import flags_in
from paydesk.domain.cases.models import Message
from paydesk.domain.cases.tests.test_mail_taken_in import AGENT, a_box, case_of, taken_in
from paydesk.foundation.audit.models import AuditRecord
from tests.builders import NOON, WORKER


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("If it is not back by Monday you will hear from my lawyer.", ["legal"]),
        ("I will take you to court, and I’ll sue.", ["legal"]),
        ("We are starting legal proceedings.", ["legal"]),
        ("Je saisis le médiateur du secteur financier et je porte plainte.", ["authority", "legal"]),
        ("Nitawashtaki, wakili wangu anajua.", ["legal"]),
        ("I go to the regulator if nothing happens.", ["authority"]),
        ("Today I report you to the\nBank of Ghana", ["authority"]),
        ("I want to kill   myself, everything is lost", ["vulnerable"]),
        ("J'ai plus envie de vivre", ["vulnerable"]),
        # What nobody threatens with.
        ("I paid 20 cedis from Bank of Ghana to your till.", []),
        ("This mail is confidential and may be legally privileged. Regulated by the Central Bank.", []),
        ("Is it legal to pay twice? What does the contract say of the court fee?", []),
        ("The police officer paid for his phone. This wait is killing me!", []),
        ("My friend sued another shop; you are better.", []),
        ("", []),
    ],
)
def test_words_that_cannot_wait_are_found_and_words_like_them_are_not(text: str, flags: list[str]) -> None:
    assert flags_in(text) == flags


def test_every_flag_is_a_harm_with_a_short_word_and_points_and_none_makes_a_case_lighter() -> None:
    assert set(rules.HARM_SHORT) == set(rules.HARMS) == set(rules.HARM_POINTS)
    assert set(rules.HARMS) >= rules.BY_A_PERSON_ALONE
    assert rules.by_a_person_alone(["locked", "legal"])
    assert not rules.by_a_person_alone(["locked"])
    assert [rules.severer("urgent", "high"), rules.severer("low", "high")] == ["urgent", "high"]


def test_a_long_text_is_looked_through_at_once() -> None:
    for each in ("report " * 20_000, "my lawyer" * 5, "a" * 100_000, "taking " * 30_000):
        flags_in(each)  # a pattern that backtracks would not come back


@pytest.mark.usefixtures("db", "_documents_in_a_folder_of_the_test")
def test_whoever_speaks_of_a_lawyer_is_answered_by_a_person_alone_and_sooner() -> None:
    box = a_box()
    usual = case_of(taken_in(box, Message_ID="<1@mail.example>"))
    grave = case_of(
        taken_in(
            box, text="Where is it? My lawyer will write.", sender="kofi@mail.example",
            Message_ID="<2@mail.example>",
        )
    )  # fmt: skip
    assert (usual.harms, usual.severity) == ([], "normal")
    assert (grave.harms, grave.severity) == (["legal"], "high")
    assert list(Message.objects.filter(is_automatic=True).values_list("case_id", flat=True)) == [usual.pk]
    opened = AuditRecord.objects.get(verb="case.opened", subject_id=grave.pk)
    assert opened.changes["flags"] == ["legal"]
    actions.receive_message(
        usual.pk, channel="email", text="I report you to the central bank.", by=WORKER, now=NOON
    )
    usual.refresh_from_db()
    assert (usual.harms, usual.severity) == (["authority"], "high")
    actions.sort_case(usual.pk, harms=[], by=AGENT, now=NOON)
    actions.receive_message(usual.pk, channel="email", text="Hello?", by=WORKER, now=NOON)
    usual.refresh_from_db()
    assert usual.harms == [], "a person saw that it is none"
