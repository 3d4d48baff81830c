"""What stands about money beside a payment: callbacks, days that were run, rows, files, books."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta

from paydesk.domain.callbacks.models import PendingPayment
from paydesk.domain.callbacks.tests.company import hubtel, post_all, send
from paydesk.domain.contracts.contract_file import COLUMNS
from paydesk.domain.contracts.models import DueItem
from paydesk.domain.disputes import actions as disputes
from paydesk.domain.hand_receipts.actions import request_receipt
from paydesk.domain.parties.actions import record_identity
from paydesk.domain.payments.actions import approve_write_off, enter_shown_balance, request_write_off
from paydesk.domain.payments.models import TransitRow
from paydesk.domain.providers.callback_secrets import secret_of
from paydesk.domain.providers.models import CallbackEndpoint, SourceAccount
from paydesk.domain.reconciliation.actions import take_apart
from paydesk.domain.reconciliation.models import Day, ReconciliationException, RuleProposal, Settlement
from paydesk.domain.reconciliation.queries import rows_behind
from paydesk.domain.reconciliation.tests.days import DAY, hand_over, run_day
from paydesk.domain.reversal_requests.actions import approve_contest, record_request, request_contest
from paydesk.foundation.approvals.actions import delegate
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.clocks.actions import fire_escalations
from paydesk.foundation.clocks.models import Escalation
from paydesk.foundation.documents.actions import store
from paydesk.foundation.inbox.models import Message
from paydesk.foundation.people.models import Person
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of
from paydesk.reporting.books.actions import export_journal
from paydesk.reporting.books.queries.journal import CODE_PREFIX as JOURNAL
from paydesk.reporting.two_file_runs.tests.pair import drafted
from tests.builders import WORKER, ghs, make_contract, make_source_account, receive, receive_today, row
from tests.one_of_case import Places

REPORT = (
    "reporting_category,gross,fee,net,currency,balance_transaction_id,source_id,created_utc,"
    "automatic_payout_id,payment_method_type,card_brand\n"
    "charge,100.00,1.65,98.35,GHS,txn_1,ch_1,2026-03-02 01:00:00,po_1,card,visa\n"
    "payout,-300.00,0.00,-300.00,GHS,txn_2,po_o,2026-03-02 02:00:00,po_1,card,visa\n"
)


def one_of_money(
    people: dict[str, Person], account: SourceAccount, endpoint: CallbackEndpoint, now: datetime
) -> Places:
    """What a page, a file or a button about money is about, by the place where it stands in a route."""
    return {
        **_callbacks(endpoint),
        **_asked_for(people, account, now),
        **_provider_rows(account),
        **_days(people, now),
        **_contracts(people, account, now),
        **_files(people, now),
    }


def _callbacks(endpoint: CallbackEndpoint) -> Places:
    """One that says a payment is accepted, not paid."""
    send(endpoint, hubtel("0001", id="T1"))
    post_all()
    return {
        ("in/", "secret"): secret_of(endpoint.pk, endpoint.secrets.get(ends_at=None).nonce),
        ("in/", "channel"): "payment",
        ("pending/", "code"): code_of("PND", PendingPayment.objects.get().pk),
        ("callbacks/", "code"): code_of("MSG", Message.objects.get().pk),
    }


def _asked_for(people: dict[str, Person], account: SourceAccount, now: datetime) -> Places:
    """What people ask for about money: by hand, contested, a balance they saw, somebody in their place."""
    support, analyst, lead = (people[role].actor() for role in ("SU", "AN", "TL"))
    evidence = store(io.BytesIO(b"said so"), filename="said.txt", by=analyst, now=now, market="GH")
    by_hand = request_receipt(
        account.pk, amount=ghs("9.00"), paid_at=now - timedelta(hours=2), provider_ref="MP77",
        reference="10482937", phone="0244123456", payer_name="Ama Mensah", note="x",
        document_id=evidence.pk, by=analyst, now=now,
    )  # fmt: skip
    (payment,) = receive_today(account, row(11, "8.00", reference="nobody"))
    asked = record_request(
        payment.pk, amount=Money(8_00, "GHS"), case_number="RV-2", reason="duplicate", requested_at=now,
        evidence_id=evidence.pk, by=support, now=now,
    )  # fmt: skip
    contest = request_contest(asked.pk, contest_reason="value_given", note="x", by=analyst, now=now)
    approve_contest(contest.pk, by=lead, now=now)
    shown = enter_shown_balance(
        account.pk, amount=ghs("1.00"), shown_on=now.date() - timedelta(days=1),
        evidence=io.BytesIO(b"\x89PNG\r\n\x1a\n"), filename="portal.png", by=analyst, now=now,
    )  # fmt: skip
    away = delegate(
        people["AN"].pk, stands_in_id=people["TL"].pk, from_on=now.date(), through_on=now.date(), by=analyst,
        now=now,
    )  # fmt: skip
    (old,) = receive(account, row(12, "9.00", reference="?"), now=now - timedelta(days=9))
    fire_escalations(announce=lambda told: None, by=WORKER, now=now)
    late = Escalation.objects.filter(clock__subject_id=old.pk).latest("pk")
    contested = code_of("RVR", asked.pk)
    won = code_of("DSP", _won(people, account, evidence.pk, now))
    return {
        ("disputes/<str:code>/evidence/<str:kind>", "code"): won,
        ("disputes/<str:code>/pack", "code"): won,
        ("disputes/<str:code>/decision", "code"): won,
        ("payments/by-hand/", "code"): code_of("HRC", by_hand.pk),
        ("reversal-requests/<str:code>/proof", "code"): contested,
        ("reversal-requests/<str:code>/evidence", "code"): contested,
        ("accounts/", "shown_id"): shown.pk,
        ("approvals/absences/", "delegation_id"): away.pk,
        ("clocks/<int:clock_id>/", "clock_id"): late.clock_id,
        ("clocks/<int:clock_id>/", "escalation"): late.pk,
    }


def _won(people: dict[str, Person], account: SourceAccount, document_id: int, now: datetime) -> int:
    """A dispute with its evidence, the pack that went out and what the provider decided."""
    support, lead = people["SU"].actor(), people["TL"].actor()
    (payment,) = receive_today(account, row(13, "7.00", reference="nobody"))
    dispute = disputes.open_dispute(
        payment.pk, amount=ghs("7.00"), provider_ref="CB-2", scheme="visa", reason_code="13.1",
        notice_on=now.date(), by=support, now=now,
    )  # fmt: skip
    for kind in ("delivery_proof", "service_usage_log", "customer_messages"):
        disputes.give_evidence(dispute.pk, kind=kind, document_id=document_id, by=support, now=now)
    approval = disputes.request_challenge(dispute.pk, note="x", by=support, now=now)
    disputes.approve_challenge(approval.pk, by=lead, now=now)
    disputes.decide(dispute.pk, outcome="won", note="", document_id=document_id, by=support, now=now)
    return dispute.pk


def _provider_rows(account: SourceAccount) -> Places:
    """Money that left the provider, and other money that reached our bank."""
    bank = make_source_account(provider="bank", name="Our bank", role="settles", ledger_code="1010")
    receive_today(account, row(13, "-5.00", kind="sweep"))
    receive_today(bank, row(14, "6.00", text="From nobody known"))
    left, arrived = TransitRow.objects.order_by("amount_minor")
    end = code_of("TRA", arrived.pk)
    return {
        ("in-doubt/<str:code>/join/", "code"): end,
        ("in-doubt/<str:code>/join/", "end"): f"t{left.pk}",
        ("in-doubt/<str:code>/part", "code"): end,
    }


def _days(people: dict[str, Person], now: datetime) -> Places:
    """A day that was run: a batch that pays more than it holds, a match, taken apart; a number proposed."""
    card = make_source_account(provider="stripe", name="Stripe", time_zone="UTC")
    file = hand_over(card, REPORT.encode())
    run = run_day(card)
    (group, *_), _ = rows_behind(run, found="match")
    match = take_apart(run.pk, group["group_id"], reason="x", by=people["AN"].actor(), now=now)
    Day.objects.get_or_create(source_account=card, day=DAY, defaults={"market": card.market})
    proposal = RuleProposal.objects.create(
        shape="reference_later", rule="likeness", number="minutes", was=120, value=360, rules_version="1",
        match_ids=[match.pk], made_at=now,
    )  # fmt: skip
    return {
        ("intake/", "code"): code_of("FIL", file.pk),
        ("reconciliation/rules/proposals/", "proposal_id"): proposal.pk,
        ("reconciliation/rules/proposals/", "deed"): "adopt",
        ("reconciliation/runs/", "run_id"): run.pk,
        ("reconciliation/runs/", "group"): group["group_id"],
        ("reconciliation/settlements/", "settlement_id"): Settlement.objects.get().pk,
        ("reconciliation/matches/", "match_id"): match.pk,
        ("reconciliation/matches/", "deed"): "revoke",
        ("reconciliation/<int:account_id>/", "account_id"): card.pk,
        ("reconciliation/<int:account_id>/", "day"): DAY.isoformat(),
        ("reconciliation/<int:account_id>/<str:day>/report", "kind"): "pdf",
        ("exceptions/", "code"): code_of("EXC", ReconciliationException.objects.latest("pk").pk),
        ("exceptions/", "deed"): "timing",
    }


def _contracts(people: dict[str, Person], account: SourceAccount, now: datetime) -> Places:
    """A small rest of an instalment that is written off; a number of a document; a file of contracts."""
    analyst = people["AN"].actor()
    contract = make_contract(deposit_minor=0)
    receive_today(account, row(15, "74.95", reference=contract.account_number))
    item = DueItem.objects.filter(contract=contract, allocated_minor__gt=0).get()
    asked: Approval = request_write_off(item.pk, note="", by=analyst, now=now)
    approve_write_off(asked.pk, by=people["TL"].actor(), now=now)
    identity = record_identity(
        contract.customer_id, "passport", "G1234567", by=analyst, now=now
    )  # fmt: skip
    table = f"{','.join(c.name for c in COLUMNS)}\n{','.join(c.example for c in COLUMNS)}\n"
    document = store(io.BytesIO(table.encode()), filename="contracts.csv", by=analyst, now=now)
    owes, whose = code_of("CON", contract.pk), code_of("CUS", contract.customer_id)
    return {
        ("contracts/<str:code>/due/", "code"): owes,
        ("contracts/<str:code>/due/<int:item_id>/owe-again", "item_id"): item.pk,
        ("contracts/<str:code>/due/", "item_id"): item.pk,
        ("contracts/load/", "code"): code_of("DOC", document.pk),
        ("customers/<str:code>/identity/<", "code"): whose,
        ("customers/<str:code>/identity/<", "item_id"): identity.pk,
    }


def _files(people: dict[str, Person], now: datetime) -> Places:
    """The journal of a month, two files to be matched against each other."""
    batch = export_journal("GH", date(2026, 3, 31), by=people["FC"].actor(), now=now)
    run = drafted(people["AN"].actor())
    return {
        ("books/journal/", "code"): code_of(JOURNAL, batch.pk),
        ("books/journal/", "journal_form"): "summary.csv",
        ("books/statement/", "form"): "statement.pdf",
        ("reconcile/", "code"): code_of("TFR", run.pk),
        ("reconcile/", "side"): "left",
        ("reconcile/", "kind"): "zip",
    }
