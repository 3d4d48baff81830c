"""The authority table says what the matrix of the domain says, and every right asked for stands in it."""

import re
from pathlib import Path

import pytest

import paydesk
from paydesk.foundation.people.authority import RIGHTS, ROLES, letter, rights_of, roles_with


@pytest.mark.parametrize(
    ("right", "letters"),
    [  # AN SU CO SD TL FC RK, as the domain document has them
        ("files.import", "M V - - M V V"),
        ("files.unpost", "M - - - C C V"),
        ("matching.confirm", "M - - - M V V"),
        ("matching.outside_tolerance", "M - - - C C V"),
        ("payments.identify", "M M R - M V V"),
        ("payments.allocate", "M M R - M V V"),
        ("payments.allocate_weak_evidence", "M R R - C C V"),
        ("payments.move", "M M R - C V C"),
        ("refunds.entitle", "M M R R C - C"),
        ("refunds.entitle_above_limit", "M M R R - C C"),
        ("payouts.release", "M - - - C C M"),
        ("payments.reverse", "M M - - C C V"),
        ("payments.answer_reversal_request", "M M - - C V C"),
        ("contracts.end_or_downgrade", "M M R R C C V"),
        ("device_returns.grade", "- - - M V V V"),
        ("contracts.ease", "M M M - C C V"),
        ("risk.restrict", "R R R - R V M"),
        ("risk.lift", "R R R - R V C"),
        ("collections.record", "V M M - V V V"),
        ("disputes.answer", "M M - - C V V"),
        ("disputes.answer_above_limit", "M M - - - C V"),
        ("onboarding.activate", "M - - - C V C"),
        ("pricing.below_floor", "M - - - M C V"),
        ("parties.change_bank_details", "M M - - C C C"),
        ("ledger.write_off", "M - - - M C V"),
        ("ledger.close_day", "M - - - C C V"),
        ("ledger.reopen_period", "- - - - M C V"),
    ],
)
def test_the_table_is_the_matrix(right, letters):
    assert [letter(right, role)[0] for role in list(ROLES)[:7]] == letters.split()


def test_what_the_letters_give():
    assert {"payments.move", "payments.move:view"} <= rights_of(["AN"])
    assert "payments.move:request" in rights_of(["CO"])
    assert "payments.move" not in rights_of(["CO"])
    assert "payments.move:check" in rights_of(["TL"])
    assert "payments.move:check:fraud" in rights_of(["RK"])
    assert "payments.move:check" not in rights_of(["RK"]), "only in a case of fraud"
    assert "contracts.ease:limit" in rights_of(["CO"])
    assert "contracts.ease" not in rights_of(["CO"]), "only up to the limit"


def test_several_roles_add_up_and_none_gives_nothing():
    assert rights_of(["AN", "TL"]) == rights_of(["AN"]) | rights_of(["TL"])
    assert rights_of([]) == frozenset()


def test_the_auditor_sees_everything_and_changes_nothing():
    held = rights_of(["AU"])
    own = {"export", "customers.reveal", "matching.two_files"}  # files they bring themselves
    assert {right for right in held if not right.endswith(":view")} == own
    in_clear = {"customers.names", "customers.phones"}  # masked, and revealed for a reason like for others
    by_others_alone = {"documents.store", "goodwill.alone", "knowledge.write", "retention.export_person"}
    assert {right for right in RIGHTS if f"{right}:view" not in held} == by_others_alone | in_clear


def test_the_administrator_manages_people_and_touches_no_money():
    made = {right for right in rights_of(["AD"]) if ":" not in right}
    assert made == {
        "people.manage", "settings.manage", "providers.manage", "cases.texts", "retention.manage",
    }  # fmt: skip
    assert not {"payments:view", "customers:view", "ledger:view"} & rights_of(["AD"])


def test_nobody_makes_and_checks_the_same_in_one_role():
    for role in ROLES:
        held = rights_of([role])
        assert not [right for right in RIGHTS if right in held and f"{right}:check" in held]


def test_an_unknown_role_or_right_is_a_mistake():
    with pytest.raises(KeyError):
        rights_of(["XX"])
    with pytest.raises(KeyError):
        letter("payments.invent", "AN")


def test_who_could_do_it_instead():
    assert roles_with("files.import") == ["AN", "TL"]
    assert roles_with("payments.move:check") == ["TL"]


def test_every_right_the_code_asks_for_stands_in_the_table():
    """A right that nobody can have would lock everyone out, silently."""
    given = rights_of([*ROLES, "SY"])
    asked = {}
    # CONTRACT.may("activate", …) asks a lifecycle, not a person.
    for path in Path(paydesk.__file__).parent.rglob("*.py"):
        if "tests" not in path.parts and path.parent.name != "kernel":
            for right in re.findall(
                r"""(?:needs|(?<![A-Z])\.may)\(\s*["']([^"']+)["']""", path.read_text(encoding="utf-8")
            ):
                asked[right] = path.name
    asked = {right: place for right, place in asked.items() if place != "authority.py"}
    assert asked, "the search finds nothing any more"
    assert {right: place for right, place in asked.items() if right not in given} == {}
