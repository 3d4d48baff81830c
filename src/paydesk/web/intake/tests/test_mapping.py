"""Saying how a table is read: what the form proposes, what it makes of a person's answers, what it keeps."""

from __future__ import annotations

from typing import Any

from django.test import TestCase

from paydesk.domain.providers.models import FileProfile, SourceAccount
from paydesk.domain.statements import file_tables
from paydesk.domain.statements.actions import read_file
from paydesk.domain.statements.models import SourceFile
from paydesk.foundation.people.models import Person
from paydesk.importers.delimited import KindRule, Mapping
from paydesk.web.intake.tests.company import code, make_person, mapped, paid, table, uploaded
from tests.builders import WORKER, make_source_account

HTMX = {"HX-Request": "true"}


class MapATable(TestCase):
    person: Person

    def setUp(self):
        self.person = make_person("Priya Nair", "AN", markets="GH KE")
        self.client.force_login(self.person)
        self.account = make_source_account()
        self.file = uploaded(
            table(
                paid(1),
                paid(2, "20.00"),
                "14-03-2026 10:00:00;R5;;;;-1.00;Lucky dip;paid",
                "14-03-2026 10:01:00;R6;;;;5.00;C2B;odd word",
            )
        )

    def answers(self, **changes: Any) -> dict[str, Any]:
        """The form as it stands on the page, with `changes`."""
        form = self.client.get(f"/intake/{code(self.file)}/mapping/").context["form"]
        sent: dict[str, Any] = {
            "base": form.base, "sheet": "", "market": form.mapping.market, "settings_for": "",
            "words_for": form.words_for, "source_account": "", "save": "1", "save_as": "Portal",
        }  # fmt: skip
        sent |= {f"column_{row.name}": row.column for row in form.rows}
        sent |= {name: value for name, _, value, _ in form.settings}
        for group in form.word_groups:
            sent[f"{group.name}_word"] = [word.key for word in group.words]
            sent[f"{group.name}_means"] = [word.meaning for word in group.words]
        return sent | changes

    def first_rows(self, **changes: Any) -> str:
        answer = self.client.post(
            f"/intake/{code(self.file)}/mapping/first-rows", self.answers(**changes), headers=HTMX
        )
        assert answer.status_code == 200
        return answer.content.decode()

    def with_word(self, name: str, word: str, meaning: str) -> dict[str, Any]:
        sent = self.answers()
        place = sent[f"{name}_word"].index(word)
        sent[f"{name}_means"][place] = meaning
        return sent

    def test_the_page_proposes_columns_and_says_what_it_could_not_know(self):
        page = self.client.get(f"/intake/{code(self.file)}/")
        form = page.context["form"]
        assert {row.name: row.column for row in form.rows if row.column} == {
            "amount": "Amount", "occurred": "Date", "reference": "Reference", "provider_ref": "Receipt",
            "msisdn": "Phone", "payer_name": "Payer", "kind": "Type", "status": "Status",
        }  # fmt: skip
        text = page.content.decode()
        assert "What the rows could not answer" in text
        assert "odd word" in text
        assert "not known: rows are rejected" in text
        assert page.context["shown"].rejected == 1

    def test_each_change_shows_the_first_rows_anew_and_stores_nothing(self):
        assert "Adjustment" not in self.first_rows()
        assert "Adjustment" in self.first_rows(**self.with_word("kind", "lucky dip", "adjustment"))
        swapped = self.first_rows(column_amount="", column_credit="Amount")
        assert "money out" not in swapped
        assert "No column is mapped to the amount" in self.first_rows(column_amount="")
        before = self.file.mapping
        self.file.refresh_from_db()
        assert (self.file.mapping, self.file.state) == (before, "mapping_needed")

    def test_another_kind_column_brings_its_own_words(self):
        assert 'id="words"' not in self.first_rows()
        text = self.first_rows(column_kind="Payer")
        assert 'id="words" hx-swap-oob="true"' in text
        assert "Ama" in text

    def test_the_account_answers_clock_market_and_currency_and_another_one_answers_anew(self):
        kenya = make_source_account(
            market="KE", currency="KES", time_zone="Africa/Nairobi", provider="mpesa", name="Paybill"
        )
        text = self.first_rows(source_account=str(self.account.pk))
        assert '<option value="GHS" selected>' in text
        assert '<option value="Africa/Accra" selected>' in text
        text = self.first_rows(
            source_account=str(kenya.pk), settings_for=str(self.account.pk), currency="GHS",
            time_zone="Africa/Accra",
        )  # fmt: skip
        assert '<option value="KES" selected>' in text
        assert '<option value="Africa/Nairobi" selected>' in text
        kept = self.first_rows(
            source_account=str(kenya.pk), settings_for=str(self.account.pk), currency="USD",
            time_zone="Europe/London",
        )  # fmt: skip
        assert '<option value="USD" selected>' in kept
        assert '<option value="Europe/London" selected>' in kept

    def test_sent_it_is_read_so_and_saved_for_the_next_file(self):
        sent = self.with_word("status", "odd word", "failed")
        sent |= {"source_account": str(self.account.pk)}
        answer = self.client.post(f"/intake/{code(self.file)}/mapping/", sent, headers=HTMX)
        assert answer.headers["HX-Redirect"] == f"/intake/{code(self.file)}/"
        file = read_file(self.file.pk, by=WORKER, now=self.file.uploaded_at)
        assert (file.state, file.line_count, file.rejected_count) == ("previewed", 4, 0)
        profile = FileProfile.objects.get()
        assert (profile.name, profile.source_account, profile.created_by) == (
            "Portal", self.account, f"person:{self.person.pk}",
        )  # fmt: skip
        kept = Mapping.from_json(profile.mapping)
        assert kept.account_labels == Mapping.from_json(self.file.mapping).account_labels
        assert kept.statuses["odd word"] == "failed"

    def test_without_an_account_or_money_it_is_refused_beside_the_form(self):
        answer = self.client.post(f"/intake/{code(self.file)}/mapping/", self.answers(), headers=HTMX)
        assert answer.status_code == 409
        assert b"Choose the account" in answer.content
        sent = self.answers(source_account=str(self.account.pk), column_amount="")
        answer = self.client.post(f"/intake/{code(self.file)}/mapping/", sent, headers=HTMX)
        assert answer.status_code == 409
        assert b"No column is mapped to the amount" in answer.content

    def test_a_read_file_can_be_mapped_again(self):
        file = mapped(self.account, table(paid(31)))
        page = self.client.get(f"/intake/{code(file)}/mapping/")
        assert b"Back to the preview" in page.content
        self.file = file
        assert page.context["form"].base == "file"
        sent = self.answers(source_account=str(self.account.pk), column_msisdn="", save="")
        self.client.post(f"/intake/{code(file)}/mapping/", sent, headers=HTMX)
        file.refresh_from_db()
        assert (file.state, "msisdn" in file.mapping["columns"]) == ("reading", False)
        assert not FileProfile.objects.exists()

    def test_an_account_is_added_on_the_way(self):
        fields = {
            "provider": "Invented Bank", "provider_kind": "bank", "name": "Main", "identifier": "XX1",
            "market": "GH", "currency": "GHS", "role": "settles", "time_zone": "Africa/Accra",
        }  # fmt: skip
        answer = self.client.post("/intake/accounts/new/", fields, headers=HTMX)
        added = SourceAccount.objects.get(identifier="XX1")
        assert f'<option value="{added.pk}" selected>' in answer.content.decode()
        assert (added.ledger_code, added.provider.code) == ("1010", "invented-bank")
        again = self.client.post("/intake/accounts/new/", fields, headers=HTMX)
        assert again.status_code == 409
        assert b"has an account XX1 already" in again.content
        wrong = self.client.post("/intake/accounts/new/", fields | {"market": "NG"}, headers=HTMX)
        assert wrong.status_code == 422

    def test_an_onlooker_sees_the_form_and_cannot_send_it(self):
        self.client.force_login(make_person("Ada Auditor", "AU"))
        page = self.client.get(f"/intake/{code(self.file)}/")
        assert page.status_code == 200
        assert b"Team lead can" in page.content
        sent = {"source_account": str(self.account.pk), "column_amount": "Amount"}
        answer = self.client.post(f"/intake/{code(self.file)}/mapping/", sent, headers=HTMX)
        assert answer.status_code == 403
        assert SourceFile.objects.get(pk=self.file.pk).state == "mapping_needed"


RULES = Mapping(
    columns={"amount": ("Amount",), "kind": ("Type",)},
    kinds=(KindRule("settlement", "sweep", "out"), KindRule("fee", "fee")),
    kind_match="contains",
)


class MeaningOfWords(TestCase):
    def test_a_word_means_what_the_reader_makes_of_it(self):
        meaning = file_tables.meaning_of
        assert meaning(RULES, "kind", "monthly fee") == "fee"
        assert meaning(RULES, "kind", "settlement") == "both"
        assert meaning(RULES, "kind", "lucky dip") == ""
        assert meaning(RULES, "kind", "") == "sign"
        assert meaning(Mapping(columns={}), "kind", "anything") == "sign"
        assert meaning(Mapping(columns={}), "status", "success") == "success"
        assert meaning(Mapping(columns={}), "direction", "cr") == "in"

    def test_what_a_person_says_of_a_word_goes_before_every_rule_and_leaves_the_others(self):
        said = file_tables.with_meaning(RULES, "kind", "fee reversal", "reversal")
        assert file_tables.meaning_of(said, "kind", "fee reversal") == "reversal"
        assert file_tables.meaning_of(said, "kind", "monthly fee") == "fee"
        assert file_tables.with_meaning(RULES, "kind", "monthly fee", "fee") is RULES
        signed = file_tables.with_meaning(RULES, "kind", "settlement", "sign")
        assert file_tables.meaning_of(signed, "kind", "settlement") == "sign"

    def test_the_first_word_said_does_not_make_the_others_unknown(self):
        said = file_tables.with_meaning(Mapping(columns={}), "kind", "fee", "fee")
        assert file_tables.meaning_of(said, "kind", "c2b") == "sign"
        said = file_tables.with_meaning(Mapping(columns={}), "status", "odd", "failed")
        assert file_tables.meaning_of(said, "status", "success") == "success"

    def test_a_direction_word_is_moved_from_one_side_to_the_other(self):
        said = file_tables.with_meaning(Mapping(columns={}), "direction", "cr", "out")
        assert file_tables.meaning_of(said, "direction", "cr") == "out"
        assert file_tables.meaning_of(said, "direction", "dr") == "out"
