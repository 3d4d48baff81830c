"""Several people at once on the same few contracts: no ring of waiting, nothing doubled, the books hold."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

import pytest
from django.db import connections

from paydesk.domain.payments import actions as payments
from paydesk.domain.payments.models import Payment
from paydesk.domain.refunds import actions as refunds
from paydesk.domain.refunds.models import PayoutFile, Refund
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.people.authority import rights_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.refused import Refused
from paydesk.reporting.invariants import check_all
from tests.builders import NOON, WORKER, ghs, make_contract, make_source_account, receive, row

LEADS = [Actor("person", 930_000 + n, f"Lead {n}", rights_of(["TL"]), frozenset({"GH"})) for n in range(2)]
ANALYSTS = [Actor("person", 931_000 + n, f"AN {n}", rights_of(["AN"]), frozenset({"GH"})) for n in range(4)]


def at_once(*verbs: Callable[[], object]) -> list[object]:
    """Run every verb in a thread and connection of its own; what each returned, or what it raised."""
    outcomes: list[object] = [None] * len(verbs)
    start = threading.Barrier(len(verbs))

    def run(place: int, verb: Callable[[], object]) -> None:
        start.wait(timeout=30)
        try:
            outcomes[place] = verb()
        except Exception as problem:
            outcomes[place] = problem
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return outcomes


def broken() -> list[str]:
    return [finding.sentence for finding in check_all(most_rows=3) if finding.rows]


@pytest.mark.server
def test_four_people_and_an_import_on_three_contracts(committed_db):
    account = make_source_account()
    contracts = [make_contract(price_minor=600_00, deposit_minor=100_00) for _ in range(3)]
    for n in range(12):
        receive(account, row(n + 1, "40.00", reference=contracts[n % 3].account_number if n % 4 else "?"))
    ids = list(Payment.objects.values_list("pk", flat=True))

    def person(by: Actor, seed: int) -> int:
        chance, done = random.Random(seed), 0
        for _ in range(25):
            payment = Payment.objects.get(pk=chance.choice(ids))
            to = chance.choice(contracts)
            acts: list[Callable[[], object]] = [
                lambda p=payment, c=to: payments.apply_payment(
                    p.pk, customer_id=p.customer_id or c.customer_id, contract_id=c.pk,
                    amount=ghs(str(chance.randint(1, 20))), by=by, now=NOON,
                ),
                lambda p=payment, c=to: payments.unapply_payment(p.pk, contract_id=c.pk, by=by, now=NOON),
                lambda p=payment: payments.undo_apply(p.pk, by=by, now=NOON),
                lambda p=payment, c=to: payments.approve_move(
                    payments.request_move(
                        p.pk, customer_id=c.customer_id, contract_id=c.pk, note="x", by=by, now=NOON
                    ).pk,
                    by=chance.choice(LEADS), now=NOON,
                ),
                lambda p=payment, c=to: payments.replay_contract(c.pk, by=WORKER, now=NOON),
            ]  # fmt: skip
            try:
                chance.choice(acts)()
                done += 1
            except Refused:
                pass
        return done

    def importer() -> int:
        for n in range(8):
            receive(account, row(900 + n, "15.00", reference=contracts[n % 3].account_number))
        return 8

    outcomes = at_once(*(lambda a=a, n=n: person(a, n) for n, a in enumerate(ANALYSTS)), importer)
    assert all(isinstance(outcome, int) for outcome in outcomes), outcomes
    assert sum(outcomes[:4]) > 10, "they did get something done"
    assert broken() == []


@pytest.mark.server
def test_one_approval_is_carried_out_once(committed_db):
    (payment,) = receive(make_source_account(), row(1, "40.00", reference=make_contract().account_number))
    to = make_contract()
    approval = payments.request_move(
        payment.pk, customer_id=to.customer_id, contract_id=to.pk, note="x", by=ANALYSTS[0], now=NOON
    )
    outcomes = at_once(
        *(lambda by=by: payments.approve_move(approval.pk, by=by, now=NOON) for by in (*LEADS, *LEADS))
    )
    assert sum(isinstance(outcome, Payment) for outcome in outcomes) == 1
    assert all(isinstance(outcome, Payment | Refused) for outcome in outcomes), outcomes
    assert broken() == []


@pytest.mark.server
def test_a_refund_asked_for_twice_at_once_is_asked_for_once(committed_db):
    (payment,) = receive(make_source_account(), row(1, "40.00", reference="nobody", msisdn="233244123456"))

    def ask(by: Actor) -> Refund:
        return refunds.request_refund(
            payment.pk, amount=Money(40_00, "GHS"), reason="not_ours", note="x", payee_kind="payer",
            payee_name="Ama", payee_account="233244123456", rail="mobile_money", by=by, now=NOON,
        )  # fmt: skip

    outcomes = at_once(*(lambda by=by: ask(by) for by in ANALYSTS))
    assert sum(isinstance(outcome, Refund) for outcome in outcomes) == 1
    assert all(isinstance(outcome, Refund | Refused) for outcome in outcomes), outcomes
    assert Approval.objects.filter(state="pending").count() == 1
    assert broken() == []


@pytest.mark.server
def test_of_two_who_sent_a_payout_file_and_one_who_put_it_aside_one_did(committed_db):
    account = make_source_account()
    (payment,) = receive(account, row(1, "40.00", reference="nobody", msisdn="233244123456"))
    refund = refunds.request_refund(
        payment.pk, amount=Money(40_00, "GHS"), reason="not_ours", note="x", payee_kind="payer",
        payee_name="Ama", payee_account="233244123456", rail="mobile_money", by=ANALYSTS[0], now=NOON,
    )  # fmt: skip
    refunds.approve_refund(Approval.objects.get(state="pending").pk, by=LEADS[0], now=NOON)
    said = {"source_account_id": account.pk, "format": "mobile_money_csv", "by": ANALYSTS[0], "now": NOON}
    payout = refunds.request_release([refund.pk], **said)
    payout = refunds.approve_release(Approval.objects.get(state="pending").pk, by=LEADS[1], now=NOON)
    seen = payout.version
    outcomes = at_once(
        *(
            lambda by=by: refunds.send_payout_file(payout.pk, version=seen, by=by, now=NOON)
            for by in ANALYSTS[:2]
        ),
        lambda: refunds.put_payout_file_aside(payout.pk, note="x", version=seen, by=ANALYSTS[2], now=NOON),
    )
    assert sum(isinstance(outcome, PayoutFile) for outcome in outcomes) == 1, outcomes
    assert sum(isinstance(outcome, refunds.PayoutFileChangedRefused) for outcome in outcomes) == 2, outcomes
    assert Refund.objects.get().tries <= 1
    assert broken() == []
