"""A provider's own rows settle refunds: once, whatever a result file says; un-posting undoes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from django.test import TestCase

from paydesk.domain.ledger.queries import control_balance
from paydesk.domain.payments.actions import (
    ExplanationRefused,
    approve_booking,
    receive_lines,
    request_booking,
    unexplain_row,
)
from paydesk.domain.payments.actions.unposting import UnpostRefused, request_unpost
from paydesk.domain.payments.models import ReversalRow
from paydesk.domain.payments.steps import call
from paydesk.domain.refunds import queries
from paydesk.domain.refunds.actions import (
    RefundRefused,
    approve_refund,
    approve_release,
    bounce_refund,
    lose_track_of_refund,
    match_refund_row,
    read_results,
    request_refund,
    request_release,
    send_payout_file,
    settle_by_row,
    try_refund_again,
)
from paydesk.domain.refunds.models import Refund
from paydesk.domain.refunds.tasks import settle_rows
from paydesk.domain.statements.models import SourceFile, StatementLine
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.approvals.steps import SamePersonRefused
from paydesk.foundation.people.authority import rights_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import TransitionRefused
from paydesk.reporting.invariants import check_all
from tests.builders import ANALYST, NOON, WORKER, ghs, make_contract, make_source_account, row, store_lines

LATER = NOON + timedelta(hours=1)
PHONE = "233244123456"


def person(number: int, role: str) -> Actor:
    return Actor("person", 910_000 + number, f"Person {number}", rights_of([role]), frozenset({"GH"}))


LEAD, CONTROLLER, SUPPORT = person(1, "TL"), person(2, "FC"), person(3, "SU")


class RowsOfRefunds(TestCase):
    def setUp(self) -> None:
        self.account = make_source_account()
        contract = make_contract()
        self.shown = 0  # what the provider shows: the sum of its rows
        self.post("120.00", kind="payment", reference=contract.account_number, msisdn=PHONE)
        payment = contract.customer.payments.get()
        self.refund = request_refund(
            payment.pk, amount=ghs("50.00"), reason="overpaid", note="Paid too much.", payee_kind="payer",
            payee_name="Ama Mensah", payee_account=PHONE, rail="mobile_money", by=SUPPORT, now=NOON,
        )  # fmt: skip
        self.code = queries.code(self.refund)
        waiting = Approval.objects.get(subject_kind="refund", subject_id=self.refund.pk)
        approve_refund(waiting.pk, by=LEAD, now=NOON)
        self.payout = self.put_together()

    def put_together(self) -> int:
        payout = request_release(
            [self.refund.pk], source_account_id=self.account.pk, format="mobile_money_csv", by=ANALYST,
            now=NOON,
        )  # fmt: skip
        waiting = Approval.objects.get(subject_kind="payout_file", subject_id=payout.pk, state="pending")
        approve_release(waiting.pk, by=CONTROLLER, now=NOON)
        return payout.pk

    def send(self) -> None:
        send_payout_file(self.payout, by=ANALYST, now=NOON)

    def post(self, amount: str, *, kind: str = "payout", **fields: object) -> list[int]:
        """A file of one row, all the way."""
        said = row(1, amount, kind=kind, **fields)
        lines = store_lines(self.account, said)
        receive_lines([line.pk for line in lines], by=WORKER, now=LATER)
        self.shown += sum(line.amount_minor for line in lines)
        return [line.pk for line in lines]

    def results(self, status: str = "Successful") -> str:
        said = f"Reference;Status;Transaction ID\n{self.code};{status};P77\n"
        (line,) = read_results(said.encode(), by=ANALYST, now=LATER)
        return line.outcome

    def unpost(self, line_ids: list[int]) -> None:
        """As the worker does once two people agreed."""
        from paydesk.domain.payments import explained_rows

        rows = ReversalRow.objects.filter(statement_line__in=line_ids, state="explained")
        explained_rows.undo(rows.select_related("statement_line"), WORKER, LATER)
        lines = StatementLine.objects.filter(pk__in=line_ids)
        self.shown -= sum(lines.values_list("amount_minor", flat=True))
        call("payments_unpost", (line_ids, "bigint[]"), (WORKER.label, "text"), (LATER, "timestamptz"))

    def stands(self) -> tuple[str, int, int]:
        """State of the refund, what is in transit, what is recoverable."""
        self.refund.refresh_from_db()
        return self.refund.state, -self.on("1030"), self.on("1310", key=0)

    def on(self, code: str, key: int | None = None) -> int:
        found = control_balance(code, self.account.pk if key is None else key)
        return sum(each.amount_minor for each in found)

    def last_row(self) -> ReversalRow:
        return ReversalRow.objects.latest("pk")

    def tearDown(self) -> None:
        assert [(f.name, f.rows) for f in check_all(most_rows=3, own_snapshot=False) if f.rows] == []

    def test_in_any_order_with_the_result_file_it_is_paid_once_and_clearing_is_what_the_provider_shows(self):
        acts = {"send": self.send, "row": self.named_row, "result": self.results}
        for order in permutations(acts):
            if order.index("result") < order.index("send"):
                continue  # nobody reports on what was not sent
            with self.subTest(order=order):
                for act in order:
                    acts[act]()
                    settle_rows(LATER)
                assert self.stands() == ("paid", 0, 0)
                assert self.on("1020") == self.shown == 70_00
                assert self.results() == "known"
                assert settle_rows(LATER) == 0
                assert self.last_row().explained_id == self.refund.pk
                self.tearDown()
                self.back_to_released()

    def named_row(self) -> None:
        self.post("-50.00", text=f"B2C {self.code} paid", provider_ref="P77")

    def back_to_released(self) -> None:
        """The row is un-posted and what a result file said bounces: the same refund goes out once more."""
        confirms = self.last_row().confirms_id is not None
        self.unpost([self.last_row().statement_line_id])
        if not confirms:
            assert self.stands() == ("sent", 50_00, 0)
            self.results()
        assert self.stands() == ("paid", 0, 0)
        bounce_refund(self.refund.pk, note="Handed back.", by=ANALYST, now=LATER)
        try_refund_again(self.refund.pk, by=ANALYST, now=LATER)
        # What was paid and bounced without rows is shown by the provider as well, as both.
        self.post("-50.00", text=f"{self.code}")
        self.post("50.00", kind="reversal", text=f"{self.code}")
        settle_rows(LATER)
        self.payout = self.put_together()

    def test_of_another_amount_or_a_second_time_it_waits_for_a_person(self):
        self.send()
        self.post("-40.00", text=self.code)
        settle_rows(LATER)
        assert (self.last_row().reason, self.stands()) == ("refund_other_amount", ("sent", 50_00, 40_00))
        self.named_row()
        self.post("-50.00", text=f"again {self.code}")
        settle_rows(LATER)
        assert (self.last_row().reason, self.stands()) == ("refund_paid_twice", ("paid", 0, 90_00))
        assert self.on("1020") == self.shown
        with pytest.raises(ExplanationRefused):
            match_refund_row(self.last_row().pk, self.refund.pk, by=ANALYST, now=LATER)

    def test_a_refund_nobody_asked_for_waits_for_a_person_who_may_know_which_it_was(self):
        self.send()
        self.post("-50.00", kind="refund", text="CUSTOMER REFUND")
        assert settle_rows(LATER) == 0
        assert self.stands() == ("sent", 50_00, 50_00)
        assert queries.refunds_of_row(self.last_row()) == [self.refund]
        match_refund_row(self.last_row().pk, self.refund.pk, by=ANALYST, now=LATER)
        assert self.stands() == ("paid", 0, 0)
        unexplain_row(self.last_row().pk, note="It was another one.", by=ANALYST, now=LATER)
        assert self.stands() == ("sent", 50_00, 50_00)
        assert settle_by_row(self.last_row().pk, by=WORKER, now=LATER) is None

    def test_without_an_answer_a_row_finds_it_but_one_person_does_not(self):
        self.send()
        lose_track_of_refund(self.refund.pk, note="No answer.", by=ANALYST, now=LATER)
        self.post("-50.00", kind="refund", text="CUSTOMER REFUND")
        with pytest.raises(RefundRefused):
            match_refund_row(self.last_row().pk, self.refund.pk, by=ANALYST, now=LATER)
        self.named_row()
        settle_rows(LATER)
        assert self.stands() == ("paid", 0, 50_00)

    def test_what_comes_back_is_payable_again_also_when_a_person_said_so_before(self):
        self.send()
        self.named_row()
        settle_rows(LATER)
        self.post("50.00", kind="refund", text=f"Returned {self.code}")
        settle_rows(LATER)
        assert self.stands() == ("failed", 0, 0)
        assert sum(m.amount_minor for m in control_balance("2050", self.refund.pk)) == -50_00
        assert self.on("1020") == self.shown == 120_00

    def test_unposting_the_file_puts_the_refund_back_and_waits_while_it_has_moved_on(self):
        self.send()
        self.named_row()
        settle_rows(LATER)
        paid = self.last_row().statement_line_id
        self.post("50.00", kind="reversal", text=self.code)
        settle_rows(LATER)
        back = self.last_row().statement_line_id
        file = SourceFile.objects.get(lines=paid)
        file.state = "posted"
        file.save()
        with pytest.raises(UnpostRefused, match="has moved on since"):
            request_unpost(file.pk, note="Wrong account.", by=ANALYST, now=LATER)
        self.unpost([back])
        assert self.stands() == ("paid", 0, 0)
        self.unpost([paid])
        assert self.stands() == ("sent", 50_00, 0)
        assert self.on("1020") == self.shown == 120_00
        assert self.results() == "paid"
        file.state = "unposted"
        file.new_count = file.line_count = 1
        file.save()

    def test_a_result_that_says_failed_after_the_row_is_refused(self):
        self.send()
        self.named_row()
        settle_rows(LATER)
        assert self.results("Failed") == "rejected"
        assert self.stands() == ("paid", 0, 0)
        with pytest.raises(TransitionRefused):
            lose_track_of_refund(self.refund.pk, note="?", by=ANALYST, now=LATER)


class BookedByTwo(TestCase):
    def setUp(self) -> None:
        self.account = make_source_account()
        lines = store_lines(
            self.account, row(1, "-12.00", kind="adjustment"),
            replace(row(2, "7.00", kind="adjustment"), text="correction"),
        )  # fmt: skip
        self.ids = [line.pk for line in lines]
        receive_lines(self.ids, by=WORKER, now=NOON)

    def on(self, code: str, key: int = 0) -> int:
        return sum(each.amount_minor for each in control_balance(code, key))

    def tearDown(self) -> None:
        assert [(f.name, f.rows) for f in check_all(most_rows=3, own_snapshot=False) if f.rows] == []

    def test_a_correction_stands_by_its_sign_until_two_people_say_what_it_is(self):
        assert self.on("1310") == 12_00 - 7_00
        taken = ReversalRow.objects.get(statement_line=self.ids[0])
        approval = request_booking(taken.pk, book_as="fee", note="Invoice 12.", by=ANALYST, now=NOON)
        with pytest.raises(SamePersonRefused):
            approve_booking(approval.pk, by=ANALYST, now=NOON)
        approve_booking(approval.pk, by=LEAD, now=NOON)
        assert (self.on("1310"), self.on("5010", self.account.pk)) == (-7_00, 12_00)
        with pytest.raises(ExplanationRefused):
            request_booking(taken.pk, book_as="tax", note="Tax.", by=ANALYST, now=NOON)

    def test_taken_apart_or_un_posted_it_is_as_before(self):
        given = ReversalRow.objects.get(statement_line=self.ids[1])
        for book_as in ("rounding", "fx"):
            approval = request_booking(given.pk, book_as=book_as, note="So.", by=ANALYST, now=NOON)
            approve_booking(approval.pk, by=LEAD, now=NOON)
            assert self.on("1310") == 12_00
            if book_as == "rounding":
                unexplain_row(given.pk, note="No.", by=ANALYST, now=NOON)
                assert (self.on("1310"), self.on("5060")) == (5_00, 0)
        call("payments_unpost", (self.ids, "bigint[]"), (WORKER.label, "text"), (NOON, "timestamptz"))
        assert [self.on(code) for code in ("1310", "5050", "5060")] == [0, 0, 0]
        assert self.on("1020", self.account.pk) == 0

    def test_it_is_nobodys_payment_and_what_it_may_be_is_a_list(self):
        given = ReversalRow.objects.get(statement_line=self.ids[1])
        with pytest.raises(ExplanationRefused):
            request_booking(given.pk, book_as="gift", note="So.", by=ANALYST, now=NOON)
        with pytest.raises(ExplanationRefused):
            request_booking(given.pk, book_as="fee", note=" ", by=ANALYST, now=NOON)
        assert Refund.objects.count() == 0
