"""Fields of a company's own: what each type takes and keeps, who sets them up, how they are filled in."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from paydesk.domain.cases import actions
from paydesk.domain.cases.actions.working import NotReadyRefused
from paydesk.domain.cases.models import Case, CaseField, Message
from paydesk.domain.cases.own_fields import (
    MOST_FIELDS,
    TYPES,
    OwnField,
    fields_of,
    in_words,
    key_for,
    missing_fields,
    typed,
    value_of,
)
from paydesk.domain.cases.queries import current_tree, own_fields, with_value
from paydesk.domain.cases.steps import CaseRefused
from paydesk.domain.cases.tests.test_life import AGENT, KENYAN, NOON, REVIEWER, Cases, later, person
from paydesk.domain.triage.actions import edit_category
from paydesk.foundation.audit.queries import history
from paydesk.kernel.one_reading import one_reading
from paydesk.kernel.refused import ChangedRefused, NotAllowedRefused
from tests.browser.people import make_market

ADMIN, LEAD = person(8, "AD"), person(9, "TL")
CARD = "4111 1111 1111 1111"


def field(type: str = "text", **fields: Any) -> OwnField:
    return OwnField(1, "x", "Serial", type, **fields)


def read(type: str, text: str, **fields: Any) -> Any:
    return value_of(field(type, **fields), text, market="GH", currency="GHS")


@pytest.mark.parametrize(
    ("type", "text", "kept", "words"),
    [
        ("text", "  SN 12\n34 ", "SN 12 34", "SN 12 34"),
        ("number", "1,250.50", "1250.5", "1250.5"),
        ("number", "-0", "0", "0"),
        ("number", "\u221212", "-12", "-12"),
        ("number", "100", "100", "100"),
        ("amount", "12.5", {"minor": 1250, "currency": "GHS"}, "12.50 GHS"),
        ("amount", "1,200 kes", {"minor": 120000, "currency": "KES"}, "1,200.00 KES"),
        ("amount", "500 UGX", {"minor": 500, "currency": "UGX"}, "500 UGX"),
        ("date", "2026-03-04", "2026-03-04", "2026-03-04"),
        ("yes_no", "Yes", True, "yes"),
        ("yes_no", "no", False, "no"),
        ("choice", "Red", "Red", "Red"),
        ("phone", "0244 123 456", "233244123456", "…3456"),
    ],
)
def test_a_value_is_kept_exactly_and_typed_again_it_is_the_same(
    type: str, text: str, kept: Any, words: str
) -> None:
    choices = ("Red", "Blue") if type == "choice" else ()
    assert read(type, text, choices=choices) == kept
    assert in_words(field(type), kept) == words
    assert read(type, typed(field(type), kept), choices=choices) == kept
    assert read(type, " ") is None


@pytest.mark.parametrize(
    ("type", "text", "problem"),
    [
        ("text", "x" * 201, "up to 200 letters"),
        ("number", "12,5", "type a number"),
        ("number", "1e9", "type a number"),
        ("number", "nan", "type a number"),
        ("number", "1" * 16, "type a number"),
        ("amount", "12,50 GHS", "12.50 GHS"),
        ("amount", "12.505", "12.50 GHS"),
        ("amount", "12 cedis", "12.50 GHS"),
        ("amount", "99999999999999", "12.50 GHS"),
        ("date", "2026-02-30", "type a day"),
        ("date", "0026-03-04", "type a day"),
        ("yes_no", "maybe", "yes or no"),
        ("choice", "Green", "from its list"),
        ("phone", "12", "no phone number"),
    ],
)
def test_what_is_nothing_of_its_type_is_refused_with_the_name_of_the_field(
    type: str, text: str, problem: str
) -> None:
    with pytest.raises(ValueError, match=f"Serial: .*{problem}"):
        read(type, text, choices=("Red", "Blue") if type == "choice" else ())


def test_every_type_can_be_read() -> None:
    for type in TYPES:
        assert read(type, "") is None


def test_a_case_has_the_fields_of_its_category_or_group_and_those_with_a_value() -> None:
    everywhere, of_group, of_leaf, gone = (
        OwnField(1, "a", "A", "text", is_required=True),
        OwnField(2, "b", "B", "text", categories=("paying",), is_required=True),
        OwnField(3, "c", "C", "text", categories=("refund.late",)),
        OwnField(4, "d", "D", "text", is_retired=True, is_required=True),
    )
    known = (everywhere, of_group, of_leaf, gone)
    assert fields_of(known, "paying.twice", "paying", {}) == [everywhere, of_group]
    assert fields_of(known, "refund.late", "refund", {"d": "x"}) == [everywhere, of_leaf, gone]
    assert fields_of(known, "", "", {}) == [everywhere]
    assert missing_fields(known, "paying.twice", "paying", {"a": "x"}) == [of_group]
    assert missing_fields(known, "refund.late", "refund", {"a": False}) == []


def test_a_key_comes_of_the_name_and_is_never_used_again() -> None:
    assert key_for("Serial number (device)", []) == "serial_number_device"
    assert key_for("Serial", ["serial", "serial_2"]) == "serial_3"
    assert key_for("2nd owner", []) == "field_2nd_owner"
    assert key_for("Ñ", []) == "field"
    assert len(key_for("x" * 60, ["x" * 27])) <= 30


def made(label: str = "Serial number", key: str = "", by: Any = ADMIN, **fields: Any) -> CaseField:
    known = {"type": "text", **fields}
    return actions.save_field(key, label=label, by=by, now=NOON, **known)


class SettingUp(Cases):
    def test_an_administrator_makes_changes_and_retires_a_field_and_the_trail_has_each(self) -> None:
        first = made("Colour", type="choice", choices=["Red", "Blue", "Red "], categories=["paying"])
        assert (first.key, first.choices, first.version) == ("colour", ["Red", "Blue"], 1)
        same = made("Colour", "colour", choices=["Red", "Blue"], categories=["paying"], version=1)
        assert same.version == 1
        made("Hue", "colour", choices=["Red"] + ["Green"], categories=["paying"], is_retired=True, version=1)
        (field,) = own_fields()
        assert (field.key, field.label, field.choices, field.is_retired, field.version) == (
            "colour", "Hue", ("Red", "Green"), True, 2,
        )  # fmt: skip
        records = history("case_field", first.pk).filter(verb="case_field.saved").order_by("pk")
        assert [each.changes["version"] for each in records] == [1, 2]
        assert records[1].changes["label"] == ["Colour", "Hue"]
        assert made("Hue").key == "hue", "the name of a retired field is free"

    def test_what_cannot_be_is_refused_and_changes_nothing(self) -> None:
        kept = made()
        for fields, problem in (
            ({"label": " "}, "Give the field a name"),
            ({"label": "x" * 61}, "up to 60"),
            ({"label": "A", "type": "shoe"}, "type from its list"),
            ({"label": "A", "type": "choice", "choices": ["one"]}, "two lines at least"),
            ({"label": "A", "choices": ["one", "two"]}, "Only a choice"),
            ({"label": "A", "categories": ["nothing"]}, "from the tree"),
            ({"label": "serial NUMBER"}, "has this name already"),
            ({"key": "gone"}, "no such field"),
        ):
            with pytest.raises(CaseRefused, match=problem):
                made(**fields)
        with pytest.raises(ChangedRefused):
            made("Other", kept.key, version=7)
        for by in (AGENT, LEAD, REVIEWER):
            with pytest.raises(NotAllowedRefused):
                made("Other", by=by)
        assert [each.label for each in own_fields()] == ["Serial number"]

    def test_there_are_only_so_many(self) -> None:
        for number in range(MOST_FIELDS):
            made(f"Field {number}")
        with pytest.raises(CaseRefused, match="retire one"):
            made("One more")
        made("Field 0", "field_0", is_retired=True, version=1)
        assert made("One more").key == "one_more"

    def test_the_database_guards_definitions_and_that_values_stand_by_key(self) -> None:
        made()
        for fields in (
            {"key": "Über"},
            {"type": "shoe"},
            {"label": ""},
            {"choices": ["a"]},
            {"type": "choice"},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                CaseField.objects.update(**fields)
        known = {"type": "text", "changed_by": "x", "changed_at": NOON}
        for key, label in (("serial_number", "Other"), ("other", "SERIAL number")):
            with pytest.raises(IntegrityError), transaction.atomic():
                CaseField.objects.create(key=key, label=label, **known)
        self.opened()
        for values in ([], "x", 5):
            with pytest.raises(IntegrityError), transaction.atomic():
                Case.objects.update(field_values=values)

    def test_tree_and_fields_are_read_together_once(self) -> None:
        made()
        edit_category(
            "paying.twice", group="paying", words="Twice", checks=["Look"], version=0, by=LEAD, now=NOON
        )
        with one_reading(), CaptureQueriesContext(connection) as asked:
            assert current_tree()[0] == 1
            assert [each.key for each in own_fields()] == ["serial_number"]
        assert len(asked) == 1


class FillingIn(Cases):
    def setUp(self) -> None:
        super().setUp()
        make_market("GH")
        made("Serial number")
        made("Fee", type="amount")
        made("Sold here", type="yes_no")
        made("Other phone", type="phone")
        self.case = self.opened()

    def filled(self, by: Any = AGENT, seen: Any = None, **values: str) -> Case:
        case = actions.fill_fields(self.case.pk, values=values, seen=seen, by=by, now=NOON)
        return Case.objects.get(pk=case.pk)

    def notes(self) -> list[str]:
        found = Message.objects.filter(case=self.case, direction="note").order_by("pk")
        return list(found.values_list("text", flat=True))

    def test_a_note_says_what_was_and_is_and_the_trail_has_what_names_nobody(self) -> None:
        before = self.case.version
        case = self.filled(serial_number="SN 1", fee="2.50", sold_here="yes", other_phone="0244123456")
        assert case.field_values == {
            "serial_number": "SN 1", "fee": {"minor": 250, "currency": "GHS"}, "sold_here": True,
            "other_phone": "233244123456",
        }  # fmt: skip
        assert case.version == before + 1
        case = self.filled(serial_number="", fee="3", sold_here="yes")
        assert "serial_number" not in case.field_values
        assert self.notes() == [
            "Serial number: — → SN 1\nFee: — → 2.50 GHS\nSold here: — → yes\nOther phone: — → …3456",
            "Serial number: SN 1 → —\nFee: 2.50 GHS → 3.00 GHS",
        ]
        first, second = history("case", case.pk).filter(verb="case.fields_filled").order_by("pk")
        assert first.changes["fee"] == ["", "2.50 GHS"]
        assert first.changes["other_phone"] == ["", "…"]
        assert second.changes["serial_number"] == ["…", ""]
        assert "SN 1" not in str([first.changes, second.changes])

    def test_the_same_again_writes_nothing(self) -> None:
        self.filled(fee="2.50")
        version = self.filled(fee="2.5 GHS").version
        assert (len(self.notes()), version) == (1, self.filled(serial_number=" ").version)

    def test_a_card_number_is_never_kept(self) -> None:
        made("Count", type="number")
        case = self.filled(serial_number=f"card {CARD}")
        assert "4111 1111" not in str(case.field_values)
        assert "4111 1111" not in self.notes()[0]
        with pytest.raises(CaseRefused, match="looks like a card number"):
            self.filled(count=CARD.replace(" ", ""))
        with pytest.raises(CaseRefused, match="looks like a card number"):
            self.filled(other_phone=CARD)

    def test_what_is_refused_changes_nothing(self) -> None:
        made("Refunds only", categories=["refund"])
        for values, problem in (
            ({"fee": "12,50"}, "Fee: type an amount"),
            ({"serial_number": "SN 2", "fee": "lots"}, "Fee: type an amount"),
            ({"shoe": "x"}, "no such field"),
            ({"refunds_only": "x"}, "no such field"),
        ):
            with pytest.raises(CaseRefused, match=problem):
                self.filled(**values)
        with pytest.raises(NotAllowedRefused):
            self.filled(by=REVIEWER, fee="1")
        with pytest.raises(CaseRefused, match="no such case"):
            self.filled(by=KENYAN, fee="1")
        Case.objects.filter(pk=self.case.pk).update(state="closed", resolved_at=NOON, closed_at=NOON)
        with pytest.raises(CaseRefused):
            self.filled(fee="1")
        assert Case.objects.get(pk=self.case.pk).field_values == {}
        assert self.notes() == []

    def test_what_somebody_else_wrote_meanwhile_is_not_written_over(self) -> None:
        self.filled(serial_number="SN 1", seen={"serial_number": ""})
        with pytest.raises(ChangedRefused, match="Serial number meanwhile, to SN 1"):
            self.filled(serial_number="SN 2", seen={"serial_number": ""})
        case = self.filled(fee="2", seen={"serial_number": "", "fee": ""})
        assert case.field_values["serial_number"] == "SN 1"

    def test_an_answer_taken_off_and_a_field_retired_stay_with_the_case_and_can_be_emptied(self) -> None:
        made("Colour", type="choice", choices=["Red", "Blue"])
        self.filled(colour="Red")
        made("Colour", "colour", choices=["Blue", "Green"], version=1)
        assert self.filled(colour="Red", fee="1").field_values["colour"] == "Red"
        made("Colour", "colour", choices=["Blue", "Green"], is_retired=True, version=2)
        with pytest.raises(CaseRefused, match="no such field"):
            self.filled(colour="Blue")
        assert "colour" not in self.filled(colour="").field_values

    def test_it_is_asked_for_before_resolving_in_its_categories_alone(self) -> None:
        made("Device", is_required=True, categories=["other"])
        made("Order", is_required=True, categories=["refund.late"])
        self.ready(self.case)
        self.answered(self.case)
        with pytest.raises(NotReadyRefused, match="Fill in Device, under Fields") as refused:
            actions.resolve(self.case.pk, by=AGENT, now=later(hours=2))
        assert refused.value.fields["missing"] == ["f.device"]
        self.filled(device="no")
        assert actions.resolve(self.case.pk, by=AGENT, now=later(hours=2)).state == "resolved"

    def test_cases_are_found_by_what_is_in_their_fields(self) -> None:
        self.filled(serial_number="SN 12", fee="2.50", sold_here="no")
        known = {each.key: each for each in own_fields()}

        def found(key: str, value: Any) -> bool:
            return with_value(Case.objects.all(), known[key], value).exists()

        assert found("serial_number", "sn 1")
        assert not found("serial_number", "SN 2")
        assert found("fee", {"minor": 250, "currency": "GHS"})
        assert not found("fee", {"minor": 250, "currency": "KES"})
        assert found("sold_here", False)
        assert not found("sold_here", True)
