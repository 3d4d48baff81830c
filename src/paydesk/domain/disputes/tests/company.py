"""A contested payment on a contract, its notice and the people who answer it."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import TestCase

from paydesk.domain.disputes import actions, queries
from paydesk.domain.disputes.models import Dispute
from paydesk.domain.ledger.models import Posting
from paydesk.domain.payments.models import Payment, ReversalRow
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.clocks.models import Clock
from paydesk.foundation.documents.actions import store
from paydesk.foundation.people.authority import rights_of
from paydesk.importers.records import StatementLine
from paydesk.kernel.actor import Actor
from paydesk.reporting.invariants import check_all
from tests.builders import ANALYST, NOON, WORKER, ghs, make_contract, make_source_account, receive, row

LATER = NOON + timedelta(hours=1)


def person(number: int, *roles: str) -> Actor:
    return Actor("person", 920_000 + number, f"Person {number}", rights_of(roles), frozenset({"GH"}))


LEAD, SUPPORT, CONTROLLER, RISK = person(1, "TL"), person(2, "SU"), person(3, "FC"), person(4, "RK")


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
class Contested(TestCase):
    """120.00 GHS are paid by card: a deposit and part of an instalment. After each test the books hold."""

    def setUp(self) -> None:
        self.account = make_source_account(provider="cards", name="Cards")
        self.contract = make_contract()
        (self.payment,) = receive(
            self.account,
            row(1, "120.00", reference=self.contract.account_number, provider_ref="CARD00001",
                payer_name="Ama Mensah"),
        )  # fmt: skip

    def tearDown(self) -> None:
        broken = [(f.sentence, f.rows) for f in check_all(most_rows=3, own_snapshot=False) if f.rows]
        assert broken == []

    def opened(self, amount: str = "120.00", **fields: Any) -> Dispute:
        """With its notice: Visa, not received, of the day of NOON."""
        notice = {"scheme": "visa", "reason_code": "13.1", "notice_on": NOON.date(), "provider_ref": "CB-1"}
        said = {"amount": ghs(amount), "by": SUPPORT, "now": NOON, **notice, **fields}
        return actions.open_dispute(self.payment.pk, **said)

    def document(self, text: str = "Signed by Ama.") -> int:
        return store(BytesIO(text.encode()), filename="proof.txt", by=SUPPORT, now=NOON, market="GH").pk

    def gathered(self, dispute: Dispute, **fields: Any) -> Dispute:
        """Every line of the checklist: a document for the first, the others are not to be had."""
        for number, kind in enumerate(queries.wanted_of(dispute, ())):
            given = {"absent_because": "Nobody kept it."} if number else {"document_id": self.document()}
            actions.give_evidence(dispute.pk, kind=kind, **given, by=SUPPORT, now=LATER)
        return Dispute.objects.get(pk=dispute.pk)

    def challenged(self, dispute: Dispute, by: Actor = LEAD) -> Dispute:
        approval = actions.request_challenge(
            self.gathered(dispute).pk, note="She has the phone.", by=SUPPORT, now=LATER
        )
        return actions.approve_challenge(approval.pk, by=by, now=LATER)

    def accepted(self, dispute: Dispute, by: Actor = LEAD) -> Dispute:
        approval = actions.request_acceptance(dispute.pk, note="Not ours to win.", by=SUPPORT, now=LATER)
        return actions.approve_acceptance(approval.pk, by=by, now=LATER)

    def decided(self, dispute: Dispute, outcome: str, **fields: Any) -> Dispute:
        said = {"note": "", "document_id": self.document("Their letter."), "by": ANALYST, "now": LATER}
        return actions.decide(dispute.pk, outcome=outcome, **{**said, **fields})

    def came(self, *rows: StatementLine) -> list[ReversalRow]:
        """Rows of the provider as a file brings them, and what the worker makes of chargebacks."""
        before = set(ReversalRow.objects.values_list("pk", flat=True))
        receive(self.account, *rows)
        for row_id in queries.chargeback_rows():
            actions.settle_row(row_id, by=WORKER, now=LATER)
        return list(ReversalRow.objects.exclude(pk__in=before).order_by("pk"))

    def debit(self, amount: str = "120.00", **fields: Any) -> StatementLine:
        return row(2, f"-{amount}", **{"kind": "chargeback", "text": "Of CARD00001", **fields})

    def credit(self, amount: str = "120.00", **fields: Any) -> StatementLine:
        return row(3, amount, **{"kind": "chargeback", "text": "CARD00001 back", **fields})

    def now(self, dispute: Dispute) -> Dispute:
        return Dispute.objects.get(pk=dispute.pk)

    def paid(self) -> tuple[str, int, int]:
        """State of the payment, what of it is applied, what was taken back."""
        payment = Payment.objects.get(pk=self.payment.pk)
        return payment.state, payment.allocated_minor, payment.reversed_minor

    def books(self, *codes: str) -> dict[str, int]:
        """Balances of accounts, but for those at zero."""
        found: dict[str, int] = {}
        for code, minor in Posting.objects.filter(account__code__in=codes).values_list(
            "account__code", "amount_minor"
        ):
            found[code] = found.get(code, 0) + minor
        return {code: minor for code, minor in found.items() if minor}

    def clock(self, dispute: Dispute) -> Clock:
        return Clock.objects.filter(subject_kind="dispute", subject_id=dispute.pk).latest("pk")

    def waiting(self) -> Approval:
        return Approval.objects.get(state="pending")


def days(number: int) -> date:
    return NOON.date() + timedelta(days=number)
