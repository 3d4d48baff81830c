"""Several people at once at a contested payment: it is answered once, and nothing goes back beside it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from paydesk.domain.disputes import actions as disputes
from paydesk.domain.disputes.actions import opening
from paydesk.domain.disputes.models import Dispute
from paydesk.domain.payments.models import Payment
from paydesk.domain.refunds import actions as refunds
from paydesk.domain.refunds.models import Refund
from paydesk.foundation.approvals.models import Approval
from paydesk.kernel.refused import Refused
from tests.builders import NOON, ghs, make_contract, make_source_account, receive, row
from tests.test_people_at_once import ANALYSTS, LEADS, at_once, broken

MOST_LOOKS = 400


def paid() -> Payment:
    account = make_source_account(provider="cards", name="Cards")
    (payment,) = receive(account, row(1, "40.00", reference=make_contract().account_number))
    return payment


def contest(payment: Payment, reference: str = "CB-1") -> Dispute:
    return disputes.open_dispute(
        payment.pk, amount=ghs("40.00"), provider_ref=reference, scheme="visa", reason_code="13.1",
        notice_on=NOON.date(), by=ANALYSTS[0], now=NOON,
    )  # fmt: skip


def ask_back(payment: Payment) -> Refund:
    return refunds.request_refund(
        payment.pk, amount=ghs("40.00"), reason="overpaid", note="x", payee_kind="payer", payee_name="Ama",
        payee_account="233244123456", rail="mobile_money", by=ANALYSTS[1], now=NOON,
    )  # fmt: skip


def while_it_is_opened(
    payment: Payment, monkeypatch: pytest.MonkeyPatch, verb: Callable[[], object]
) -> object:
    """What becomes of `verb` that begins before the opening of a dispute is committed."""
    has_written, outcomes = threading.Event(), []

    def wait_for_the_other(*_: object, **__: object) -> int:
        has_written.set()
        for _look in range(MOST_LOOKS):  # until it waits for our lock, or went past it
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.02), EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
                if cursor.fetchone()[1] or outcomes:
                    return 0
        raise AssertionError("the other verb neither waited nor ended")

    def after_it_wrote() -> object:
        assert has_written.wait(timeout=30)
        try:
            outcomes.append(verb())
        except Refused as refused:
            outcomes.append(refused)
        return outcomes[0]

    monkeypatch.setattr(opening, "link_along", wait_for_the_other)
    opened, outcome = at_once(lambda: contest(payment), after_it_wrote)
    assert isinstance(opened, Dispute), opened
    return outcome


@pytest.mark.server
def test_a_payment_is_contested_once_by_people_at_once(committed_db):
    payment = paid()
    outcomes = at_once(*(lambda n=n: contest(payment, f"CB-{n}") for n in range(4)))
    assert sum(isinstance(outcome, Dispute) for outcome in outcomes) == 1
    assert all(isinstance(outcome, Dispute | Refused) for outcome in outcomes), outcomes


@pytest.mark.server
def test_of_two_who_accept_and_challenge_at_once_one_is_asked_and_it_is_agreed_to_once(committed_db):
    dispute = contest(paid())
    for kind in ("delivery_proof", "service_usage_log", "customer_messages"):
        disputes.give_evidence(dispute.pk, kind=kind, absent_because="x", by=ANALYSTS[0], now=NOON)
    said = {"note": "x", "now": NOON}
    outcomes = at_once(
        lambda: disputes.request_challenge(dispute.pk, by=ANALYSTS[1], **said),
        lambda: disputes.request_acceptance(dispute.pk, by=ANALYSTS[2], **said),
    )
    assert sorted(isinstance(outcome, Approval) for outcome in outcomes) == [False, True], outcomes
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 1, outcomes
    approval = Approval.objects.get(state="pending")
    agree = {
        disputes.CHALLENGE: disputes.approve_challenge, disputes.ACCEPT: disputes.approve_acceptance
    }[approval.kind]  # fmt: skip
    outcomes = at_once(*(lambda by=by: agree(approval.pk, by=by, now=NOON) for by in (*LEADS, *LEADS)))
    assert sum(isinstance(outcome, Dispute) for outcome in outcomes) == 1
    assert all(isinstance(outcome, Dispute | Refused) for outcome in outcomes), outcomes
    assert broken() == []


@pytest.mark.server
def test_a_refund_asked_for_while_a_dispute_is_opened_waits_and_is_refused(committed_db, monkeypatch):
    payment = paid()
    outcome = while_it_is_opened(payment, monkeypatch, lambda: ask_back(payment))
    assert getattr(outcome, "code", "") == "refund.contested", outcome
    assert not Refund.objects.exists()
    assert broken() == []


@pytest.mark.server
def test_a_refund_agreed_to_while_a_dispute_is_opened_waits_and_is_refused(committed_db, monkeypatch):
    payment = paid()
    refund = ask_back(payment)
    approval = Approval.objects.get(state="pending")
    outcome = while_it_is_opened(
        payment, monkeypatch, lambda: refunds.approve_refund(approval.pk, by=LEADS[0], now=NOON)
    )
    assert getattr(outcome, "code", "") == "refund.contested", outcome
    refund.refresh_from_db()
    assert (refund.state, refund.owed) == ("requested", False)
    assert broken() == []
