"""The company's own fields on the page of a case, in its dialog, in the inbox's address and in the export."""

from __future__ import annotations

import csv
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.cases import actions
from paydesk.domain.cases.models import Case
from paydesk.domain.cases.queries import code
from paydesk.web.cases.tests.at_the_inbox import OnTheInbox

PHONE = "+233 24 412 3456"


class OwnFieldsOfACase(OnTheInbox):
    def setUp(self) -> None:
        super().setUp()
        self.case = self.opened()

    def field(self, label: str, type: str = "text", **fields: Any) -> None:
        by = self.people["AD"].actor()
        actions.save_field("", label=label, type=type, **fields, by=by, now=timezone.now())

    def four_fields(self) -> None:
        self.field("Serial number", is_required=True)
        self.field("Fee", "amount")
        self.field("Sold here", "yes_no")
        self.field("Other phone", "phone")

    def fill(self, status: int = 302, role: str = "SU", **said: str) -> str:
        return self.post(role, reverse("cases:fill", args=[code(self.case)]), said, status)

    def test_a_desk_without_own_fields_shows_none(self) -> None:
        assert "Fill in…" not in self.page("SU", self.case)

    def test_they_stand_on_the_page_are_filled_in_and_a_note_says_so(self) -> None:
        self.four_fields()
        page = self.page("SU", self.case)
        assert "Empty: Fee, Sold here, Other phone" in page
        self.fill(serial_number="SN <b>1</b>", fee="2.50", sold_here="yes", other_phone="0244123456")
        page = self.page("SU", self.case)
        assert "<dd>SN &lt;b&gt;1&lt;/b&gt;</dd>" in page
        assert "<dd>2.50 GHS</dd>" in page
        assert PHONE in page
        assert "Fee: — → 2.50 GHS" in page
        assert "Filled in fields" not in page, "the note says it already"
        assert PHONE not in self.page("AU", self.case)

    def test_what_is_no_value_is_refused_and_who_only_looks_is_told_so(self) -> None:
        self.four_fields()
        assert "Fee: type an amount" in self.fill(409, fee="lots")
        assert self.fill(422, sold_here="perhaps")
        self.fill(403, "AU", fee="1")
        assert 'aria-disabled="true"' in self.get("AU", reverse("cases:fill", args=[code(self.case)]))
        assert Case.objects.get(pk=self.case.pk).field_values == {}

    def test_two_people_do_not_write_over_each_other(self) -> None:
        self.four_fields()
        seen = {"seen.serial_number": "", "seen.fee": "", "seen.sold_here": "", "seen.other_phone": ""}
        self.fill(**seen, serial_number="SN 1")
        self.fill(**seen, serial_number="", fee="2")
        self.case.refresh_from_db()
        assert self.case.field_values["serial_number"] == "SN 1"
        assert "Somebody else changed Serial number meanwhile" in self.fill(409, **seen, serial_number="SN 2")

    def shown(self, query: str) -> bool:
        return f"row-{code(self.case)}" in self.get("SU", f"{reverse('cases:inbox')}?view=team&{query}")

    def test_the_address_of_the_inbox_filters_by_them(self) -> None:
        self.four_fields()
        self.field("Colour", "choice", choices=["Red", "Blue"])
        self.fill(serial_number="SN 12", fee="2.50", sold_here="no", other_phone="0244123456", colour="Red")
        for query in (
            "f.serial_number=sn+1", "f.fee=2.5", "f.fee=2.50+GHS", "f.sold_here=no", "f.colour=Red",
            "f.other_phone=0244123456", "f.serial_number=SN&f.fee=2.5", "f.shoe=1",
        ):  # fmt: skip
            assert self.shown(query), query
        for query in (
            "f.serial_number=SN+2", "f.fee=2.51", "f.fee=lots", "f.sold_here=yes", "f.colour=Blue",
            "f.serial_number=SN&f.fee=3",
        ):  # fmt: skip
            assert not self.shown(query), query
        page = self.get("SU", f"{reverse('cases:inbox')}?view=team&f.fee=2.5")
        assert "Fee: 2.5" in page
        assert "f.fee=2.5" in page, "the export asks for the same"

    def test_a_retired_field_filters_what_an_address_names_and_stands_in_no_list(self) -> None:
        self.field("Serial number")
        self.fill(serial_number="SN 12")
        actions.save_field(
            "serial_number", label="Serial number", is_retired=True, version=1,
            by=self.people["AD"].actor(), now=timezone.now(),
        )  # fmt: skip
        assert not self.shown("f.serial_number=SN+2")
        assert 'name="f.serial_number"' not in self.get("SU", f"{reverse('cases:inbox')}?view=team")
        assert "SN 12" in self.page("SU", self.case)

    def test_the_export_has_a_column_for_each(self) -> None:
        self.four_fields()
        self.fill(serial_number="=SN 12", fee="2.50", sold_here="no", other_phone="0244123456")
        sheet = self.clients["SU"].get(reverse("cases:export", args=["csv"]) + "?view=team")
        head, row = csv.reader(b"".join(sheet.streaming_content).decode("utf-8-sig").splitlines())  # type: ignore[attr-defined]
        cells = dict(zip(head, row, strict=True))
        assert cells["Serial number"] == "'=SN 12"
        assert (cells["Fee"], cells["Fee: currency"], cells["Sold here"]) == ("2.50", "GHS", "no")
        assert cells["Other phone"].lstrip("'") == "+233 24 ••• ••56", "as in every list"

    def queries_of(self, address: str) -> int:
        self.get("SU", address)
        with CaptureQueriesContext(connection) as asked:
            self.get("SU", address)
        return len(asked)

    def test_the_inbox_and_a_case_ask_the_database_no_more_for_them(self) -> None:
        inbox = f"{reverse('cases:inbox')}?view=team"
        actions.add_note(self.case.pk, text="x", by=self.people["SU"].actor(), now=timezone.now())
        addresses = (inbox, f"{inbox}&open={code(self.case)}", f"{reverse('cases:live')}?view=team")
        before = [self.queries_of(address) for address in addresses]
        self.four_fields()
        self.fill(fee="2.50", sold_here="no")
        assert [self.queries_of(address) for address in addresses] == before
        assert self.queries_of(f"{inbox}&f.fee=2.5&f.sold_here=no") == before[0]


class SettingUpFields(OnTheInbox):
    def test_an_administrator_makes_a_field_and_changes_it_others_look(self) -> None:
        add = reverse("case_fields:add")
        said = {"label": "Colour", "type": "choice", "choices": "Red\nBlue", "categories": ["paying"],
                "is_required": "on", "version": "0"}  # fmt: skip
        self.post("AD", add, said)
        page = self.get("TL", reverse("case_fields:list"))
        for told in ("Colour", "colour", "Choice from a list", "Red, Blue", "Paying", "required"):
            assert told in page
        change = reverse("case_fields:change", args=["colour"])
        assert 'name="type"' not in self.get("AD", change)
        self.post("AD", change, {**said, "label": "Hue", "is_retired": "on"}, 409)
        self.post("AD", change, {**said, "label": "Hue", "is_retired": "on", "version": "1"})
        assert "Retired" in self.get("AU", reverse("case_fields:list"))
        assert "has this name already" not in self.post("AD", add, {**said, "label": "Hue"})
        assert "two lines at least" in self.post("AD", add, {**said, "label": "x", "choices": "Red"}, 409)
        self.post("TL", add, said, 403)
        self.get("AD", reverse("case_fields:change", args=["shoe"]), status=404)
