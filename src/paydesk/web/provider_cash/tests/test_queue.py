"""Rows in doubt on the screen: found over all accounts, owned, exported, matched by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from paydesk.domain.payments.actions import approve_bookings, request_bookings
from paydesk.domain.payments.explained_rows import ExplanationRefused
from paydesk.domain.payments.models import Payment, ReversalRow, TransitRow
from paydesk.domain.payments.tests.test_provider_cash import books, broken, post
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.assignments.models import Assignment
from paydesk.kernel.public_codes import code_of
from paydesk.web.customers.tests.desk import AtTheDesk
from tests.browser.people import make_person
from tests.builders import NOON, make_contract, make_source_account, row


class InDoubt(AtTheDesk):
    def setUp(self) -> None:
        super().setUp()
        self.account = make_source_account()
        make_contract(account_number="10482937", deposit_minor=0)
        post(
            self.account,
            row(1, "50.00", reference="10482937", provider_ref="ABC123"),
            row(2, "50.00", reference="nobody", provider_ref="DEF456"),
            row(3, "-50.00", kind="reversal", provider_ref="R9", text="Correction"),
            row(4, "-70.00", kind="sweep"), row(5, "-70.00", kind="sweep"),
        )  # fmt: skip
        bank = make_source_account(provider="bank", role="settles", ledger_code="1010")
        post(bank, row(1, "70.00", text="SETTLEMENT", occurred_at=NOON + timedelta(days=1)))
        self.line = ReversalRow.objects.get()
        self.arrived = TransitRow.objects.get(amount_minor=70_00)
        self.known, self.unknown = Payment.objects.order_by("id")

    def at(self, thing=None, act: str = "") -> str:
        prefix = "TRA" if isinstance(thing, TransitRow) else "TKB"
        return f"/in-doubt/{code_of(prefix, (thing or self.line).pk)}/{act}"

    def test_one_list_over_all_accounts_with_filters_and_an_export(self):
        text = self.text("/in-doubt/")
        assert text.count("data-row") == 4
        assert "It names no payment of ours" in text
        assert self.text("/in-doubt/?kind=reversal_row").count("data-row") == 1
        assert self.text(f"/in-doubt/?account={self.account.pk}").count("data-row") == 3
        assert self.text("/in-doubt/?whose=mine").count("data-row") == 0
        assert len(self.text("/in-doubt/export.csv").splitlines()) == 5
        assert self.client.get("/in-doubt/export.xlsx").status_code == 200
        assert self.text("/in-doubt/", client=self.signed_in("AN", "KE")).count("data-row") == 0
        self.text("/in-doubt/", 403, client=self.signed_in("SU"))

    def test_it_is_taken_on_and_planned_like_everything_that_waits(self):
        code = code_of("TKB", self.line.pk)
        assert "Ask the payer" not in self.text(self.at())
        assert self.client.post(f"/work/{code}/take", {"version": 0}).status_code == 302
        assert Assignment.objects.get().subject_kind == "reversal_row"
        assert self.text("/in-doubt/?whose=mine").count("data-row") == 1

    def test_money_of_nobody_is_taken_at_once_that_of_a_customer_through_a_second_person(self):
        theirs = self.at(act=f"take/{code_of('PAY', self.known.pk)}")
        assert "a second person decides" in self.text(theirs)
        assert self.client.post(theirs, {"note": "Their call"}).status_code == 302
        approval = Approval.objects.get(kind="reversal_row.match")
        assert "waits for a second person" in self.text(self.at())
        lead = self.signed_in("TL")
        code = code_of("APR", approval.pk)
        self.text(f"/approvals/{code}/", client=lead)
        assert lead.post(f"/approvals/{code}/approve", {"note": ""}).status_code == 302
        assert books("1310") == {}
        assert code_of("PAY", self.known.pk) in self.text(self.at())
        dialog = self.text(self.at(act="apart"))
        assert "10482937" in dialog, "what it does to the contract"
        for said in ("What is posted", "1310", "Recoverable until it is explained", "50.00"):
            assert said in dialog, said
        assert "CUS-0000000" not in dialog, "recoverable of nobody known"
        assert self.client.post(self.at(act="apart"), {"note": "It was the other"}).status_code == 302
        nobodys = self.at(act=f"take/{code_of('PAY', self.unknown.pk)}")
        assert "Take it from this payment" in self.text(nobodys)
        assert self.client.post(nobodys, {"version": self.unknown.version}).status_code == 302
        assert books("1310") == {}

    def test_an_arrival_is_joined_to_where_it_left(self):
        left = TransitRow.objects.filter(amount_minor=-70_00).first()
        assert self.text(self.at(self.arrived)).count("It left here") == 2
        assert self.client.post(self.at(self.arrived, f"join/t{left.pk}"), {}).status_code == 302
        left.refresh_from_db()
        assert (left.state, left.found_by) == ("matched", "hand")
        assert self.client.get(self.at(self.arrived, "join/x1")).status_code == 404
        assert code_of("TRA", left.pk) in self.text(self.at(self.arrived))
        dialog = self.text(self.at(left, "part"))
        assert "What is posted" in dialog
        assert dialog.count("1025") >= 2
        self.text(self.at(left, "part"), 403, client=self.signed_in("FC"))
        assert self.client.post(self.at(left, "part"), {"note": "The other one"}).status_code == 302
        assert "took it off its other end" in self.text(self.at(self.arrived))

    def test_what_nobody_asked_for_is_booked_by_two_as_what_it_is_and_taken_apart_again(self):
        post(self.account, row(1, "-12.00", kind="adjustment", text="Correction 4"))
        line = ReversalRow.objects.latest("pk")
        page = self.text(self.at(line))
        assert "Nobody here asked for it" in self.text("/in-doubt/")
        assert "Say what it is" in page
        assert "Invoice 12" not in self.text(self.at(line, "book"))
        posted = self.client.post(self.at(line, "book"), {"book_as": "fee", "note": "Invoice 12"})
        assert posted.status_code == 302
        assert "Waits for a second person" in self.text(self.at(line))
        lead, code = self.signed_in("TL"), code_of("APR", Approval.objects.get(kind="reversal_row.book").pk)
        asked = self.text(f"/approvals/{code}/", client=lead)
        for said in ("A fee of the provider", "5010", "1310", "12.00"):
            assert said.lower() in asked.lower(), said
        assert lead.post(f"/approvals/{code}/approve", {"note": ""}).status_code == 302
        assert "It is a fee of the provider" in self.text(self.at(line))
        assert "5010" in self.text(self.at(line, "apart"))
        assert self.client.post(self.at(line, "apart"), {"note": "No"}).status_code == 302
        assert books("5010") == {}
        self.text(self.at(line, "refund/REF-0000001Y"), 404)

    def test_many_rows_are_one_thing_once_two_people_say_so(self):
        bank = make_source_account(provider="bank", role="settles", ledger_code="1010", name="Our bank")
        post(
            bank,
            row(1, "-12.00", kind="payout", text="STAMP DUTY 1"),
            row(2, "-8.00", kind="payout", text="STAMP DUTY 2"),
            row(3, "5.00", kind="adjustment", text="Interest"),
        )
        first, second, other = ReversalRow.objects.filter(source_account=bank).order_by("pk")
        for query, rows in (
            ("q=duty", 2), ("said=adjustment", 1), ("way=given&kind=reversal_row", 1),
            (f"way=taken&account={bank.pk}&kind=reversal_row", 2),
        ):  # fmt: skip
            assert self.text(f"/in-doubt/?{query}").count("data-row") == rows, query
        assert self.text("/in-doubt/export.csv?q=duty").count("STAMP DUTY") == 2

        together = "/in-doubt/together/book"
        codes = {"code": [code_of("TKB", each.pk) for each in (first, second)]}
        dialog = self.text(together, query_params={**codes, "book_as": "rounding"})
        for said in ("Say what 2 rows are", "20.00", "STAMP DUTY 2", "5060", "1310", "Ask for 2 rows"):
            assert said in dialog, said
        mixed = {"code": [*codes["code"], code_of("TKB", other.pk)]}
        assert "Some took money and some gave it" in self.text(together, query_params=mixed)
        said = {**codes, "book_as": "fee", "note": "Stamp duty of March"}
        assert self.client.post(together, said | mixed).status_code == 409
        assert self.client.post(together, said).status_code == 302
        approval = Approval.objects.get(kind="reversal_row.book_many")
        assert (approval.amount_minor, approval.flag) == (20_00, "amber")
        assert "Waits for a second person" in self.text(self.at(second))
        assert "wait for a second person already" in self.text(together, query_params=codes)
        assert self.client.post(together, said).status_code == 409
        assert self.client.post(self.at(second, "book"), said).status_code == 409

        lead, code = self.signed_in("TL"), code_of("APR", approval.pk)
        shown = self.text(f"/approvals/{code}/", client=lead)
        for words in ("STAMP DUTY 1", "STAMP DUTY 2", "5010", "2 rows, Our bank"):
            assert words in shown, words
        assert self.client.post(f"/approvals/{code}/approve", {"note": ""}).status_code in (403, 409)
        assert lead.post(f"/approvals/{code}/approve", {"note": ""}).status_code == 302
        assert books("5010") == {("5010", bank.pk): 20_00}
        assert broken() == []
        assert self.client.post(self.at(first, "apart"), {"note": "No"}).status_code == 302
        assert books("5010") == {("5010", bank.pk): 8_00}

    def test_together_they_are_booked_all_or_none(self):
        post(self.account, row(1, "-1.00", kind="payout"), row(2, "-2.00", kind="payout"))
        rows = list(ReversalRow.objects.filter(kind="payout").order_by("pk"))
        analyst, lead = (make_person(f"{role} Two", role).actor() for role in ("AN", "TL"))
        now = timezone.now()
        asked = request_bookings([r.pk for r in rows], book_as="fee", note="x", by=analyst, now=now)
        ReversalRow.objects.filter(pk=rows[1].pk).update(state="withdrawn")
        with pytest.raises(ExplanationRefused):
            approve_bookings(asked.pk, by=lead, now=now)
        assert books("5010") == {}
        asked.refresh_from_db()
        assert asked.state == "pending"
