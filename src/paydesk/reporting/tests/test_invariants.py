"""The check finds what is planted: each invariant is broken on purpose, behind the triggers' backs."""

import io
from datetime import timedelta

import pytest

from conftest import owner_connection
from paydesk.domain.callbacks.tests.company import hubtel, hubtel_endpoint, post_all, send
from paydesk.domain.cases import actions as cases
from paydesk.domain.disputes.actions import settle_row
from paydesk.domain.disputes.queries import chargeback_rows
from paydesk.domain.goodwill.actions import give_goodwill
from paydesk.domain.payments.models import Payment
from paydesk.domain.refunds.actions import approve_refund, request_refund, request_release
from paydesk.domain.reversal_requests.actions import record_request
from paydesk.domain.statements.actions import upload_file
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.audit.actions import seal
from paydesk.foundation.documents import blobs
from paydesk.foundation.people.authority import rights_of
from paydesk.kernel.actor import Actor
from paydesk.reporting.books.actions import export_journal
from paydesk.reporting.invariants import check_all
from tests.browser.people import make_market
from tests.builders import ANALYST, NOON, WORKER, ghs, make_contract, make_source_account, receive, row

LEAD = Actor("person", 900_002, "Lead", rights_of(["TL"]), frozenset({"GH"}))
BREAKAGES = {
    "entries_balance": "UPDATE ledger_posting SET amount_minor = amount_minor + 1 WHERE leg_no = 1",
    "entries_complete": "DELETE FROM ledger_posting WHERE leg_no = 2",
    "postings_in_account_currency": "UPDATE ledger_posting SET currency = 'KES'",
    "balances_equal_postings": "UPDATE ledger_balance SET amount_minor = amount_minor + 1",
    "unapplied_not_below_zero": "UPDATE ledger_balance SET amount_minor = 5 WHERE account_id IN"
    " (SELECT id FROM ledger_account WHERE code = '2010')",
    "suspense_not_below_zero": "UPDATE ledger_posting SET amount_minor = 5 WHERE detail_id IS NOT NULL",
    "allocations_within_payment": "DELETE FROM payments_allocation",
    "due_items_equal_allocations": "UPDATE contracts_dueitem SET allocated_minor = 1",
    "credit_events_equal_allocations": "DELETE FROM contracts_creditevent",
    "every_payment_is_posted": "DELETE FROM ledger_entry WHERE kind = 'payment.received'",
    "unapplied_equals_payments": "UPDATE payments_payment SET credited_minor = open_minor"
    " WHERE customer_id IS NOT NULL",
    "suspense_equals_payments": "UPDATE payments_payment"
    " SET customer_id = (SELECT min(id) FROM parties_customer)",
    "receivable_equals_due": "UPDATE ledger_balance SET amount_minor = 0",
    "contract_state_fits": "UPDATE contracts_contract SET state = 'completed'",
    "payment_agrees_with_its_line": "UPDATE payments_payment SET amount_minor = amount_minor + 1",
    "every_final_payment_row_is_a_payment": "DELETE FROM payments_payment WHERE customer_id IS NULL",
    "posted_files_account_for_every_row": "UPDATE statements_sourcefile SET state = 'posted', line_count = 9",
    "daily_sums_equal_postings": "UPDATE books_daily_sum SET debit_minor = debit_minor + 1",
    "journal_exports_continue": "UPDATE books_journal_export SET earlier_entry_id = 1",
    "journal_exports_keep_their_entries": "DELETE FROM ledger_entry WHERE id = 1",
    "clock_pauses_fit": "UPDATE clocks_clock"
    " SET paused_at = start_at, paused_until = due_at, pause_reason = 'customer' WHERE ended_as = ''",
    "late_clocks_are_breached": "UPDATE clocks_clock"
    " SET ended_as = 'met', ended_at = due_at + interval '1 day'",
    "open_clocks_go_by_the_newest_versions": "WITH newer AS (INSERT INTO clocks_policy"
    " (kind, market, version, calendar, target_days, pauses, steps, grace_seconds, source, made_by, made_at)"
    " SELECT kind, market, version + 1, calendar, target_days, pauses, steps, grace_seconds, source, made_by,"
    " made_at FROM clocks_policy) UPDATE clocks_clock SET due_at = now() + interval '1 day'",
    "escalations_of_their_time": "INSERT INTO clocks_escalation"
    ' (clock_id, step, words, "to", due_at, fired_at)'
    " SELECT id, 'due', 'it is due', 'TL', due_at, due_at - interval '1 s' FROM clocks_clock",
    "callbacks_became_lines": "UPDATE inbox_message SET became_id = 0",
    "stale_payments_have_no_final_row": "UPDATE callbacks_pendingpayment SET state = 'stale'",
    "clearing_equals_rows": "UPDATE payments_dayofrows SET fee_minor = fee_minor + 1",
    "days_of_rows_equal_lines": "UPDATE payments_dayofrows SET rows = rows + 1",
    "transit_stands_on_rows": "UPDATE payments_transitrow SET state = 'open' WHERE state = 'matched'",
    "ends_of_transit_fit": "UPDATE payments_transitrow SET partner_id = id WHERE state = 'matched'",
    "lone_reversals_are_recoverable": "UPDATE payments_reversalrow SET amount_minor = 1 WHERE state = 'open'",
    "every_final_row_is_booked": "UPDATE ledger_entry SET idempotency_key = 'x' || id"
    " WHERE kind = 'provider.sweep'",
    "explained_rows_are_posted": "UPDATE payments_reversalrow"
    " SET state = 'explained', explained_as = 'fee', entry_id = 1 WHERE state = 'open'",
    "reversal_rows_within_payment": "UPDATE payments_reversalrow SET amount_minor = amount_minor + 1"
    " WHERE state = 'matched'",
    "credit_equals_payments": "UPDATE payments_payment SET credited_minor = 1 WHERE customer_id IS NOT NULL",
    "recoverable_equals_payments": "UPDATE payments_payment SET shortfall_minor = 1",
    "refunds_payable_equal_refunds": "UPDATE refunds_refund SET owed = false",
    "in_transit_equals_refunds": "UPDATE refunds_refund SET state = 'sent'",
    "refunds_decided_by_two": "UPDATE refunds_refund SET approved_by_id = NULL",
    "payout_files_add_up": "UPDATE refunds_payoutfile SET total_minor = total_minor + 1",
    "disputed_funds_equal_disputes": "UPDATE disputes_dispute SET debited_minor = debited_minor + 1",
    "disputes_equal_their_rows": "UPDATE disputes_dispute SET fee_minor = 1",
    "lost_disputes_claim_nothing": "UPDATE disputes_dispute SET state = 'lost', answer_by = '2026-03-02',"
    " notice_on = '2026-03-02', scheme = 'visa', reason_code = '13.1'",
    "captured_covers_lost_disputes": "UPDATE disputes_dispute"
    " SET lost_minor = 1, lost_of_payment_minor = 1, loss_entry_id = 1",
    "disputes_answered_by_two": "UPDATE disputes_dispute SET answered_at = now()",
    "owner_of_a_case_is_that_of_its_assignment": "UPDATE cases_case SET owned_by = 7",
    "goodwill_equals_the_expense": "UPDATE goodwill_goodwill SET amount_minor = amount_minor + 1",
    "payments_hold_what_is_asked_back": "UPDATE refunds_refund SET amount_minor = amount_minor + 1",
    "reversal_requests_answered_by_two": "UPDATE reversal_requests_reversalrequest SET answered_at = now()",
    "audit_chain": "UPDATE audit_record SET verb = 'nothing.happened'",
    "retention_runs": "INSERT INTO retention_retentionrun (number, at, by, erased, held, schedule,"
    " previous_hash, hash) VALUES (1, now(), 'x', '{}', '{}', '{}', '', 'not its hash')",
}


@pytest.fixture(scope="module")
def worked_desk(committed_module_db):
    """A contract with fees paid in part, unapplied cash, suspense, a refund on its way; all of it sealed."""
    owing = make_contract(account_number="10482937", customer_ref="A", phones=("0244123456",))
    make_contract(customer_ref="A")
    account = make_source_account()
    receive(
        account, row(1, "25.00", reference="10482937"), row(2, "9.00", msisdn="233244123456"), row(3, "7.00"),
        row(4, "4.00", provider_ref="BACK0001"), row(5, "-4.00", kind="reversal", text="of BACK0001"),
        row(6, "-3.00", kind="reversal"), row(7, "-20.00", kind="sweep", provider_ref="SWEEP0001"),
        row(8, "3.00", provider_ref="CARD0001"), row(9, "-3.00", kind="chargeback", text="of CARD0001"),
    )  # fmt: skip
    receive(
        make_source_account(provider="bank", role="settles", ledger_code="1010"),
        row(1, "20.00", text="SWEEP0001"),
    )
    for row_id in chargeback_rows():
        settle_row(row_id, by=WORKER, now=NOON)
    endpoint = hubtel_endpoint()
    for code in ("0001", "0000"):
        send(endpoint, hubtel(code, id="T1"))
        post_all()
    refund = request_refund(
        Payment.objects.get(amount_minor=7_00).pk, amount=ghs("2.00"), reason="not_ours", note="x",
        payee_kind="payer", payee_name="Ama", payee_account="233244123456", rail="mobile_money",
        by=ANALYST, now=NOON,
    )  # fmt: skip
    approve_refund(Approval.objects.get().pk, by=LEAD, now=NOON)
    request_release(
        [refund.pk], source_account_id=account.pk, format="mobile_money_csv", by=ANALYST, now=NOON
    )
    record_request(
        Payment.objects.get(amount_minor=9_00).pk, amount=ghs("1.00"), case_number="CASE-1",
        reason="wrong_recipient", requested_at=NOON, by=ANALYST, now=NOON,
    )  # fmt: skip
    case = cases.open_case(
        market="GH", channel="phone", text="x", customer_id=owing.customer_id, by=ANALYST, now=NOON
    )
    cases.verify(case.pk, strong_way="callback", by=ANALYST, now=NOON)
    give_goodwill(
        case.pk, amount=ghs("1.00"), reason="late", note="x", contract_id=owing.pk, by=ANALYST, now=NOON
    )
    make_market("GH")
    export_journal("GH", NOON.date(), by=WORKER, now=NOON + timedelta(days=1))
    seal(NOON + timedelta(days=1))
    with owner_connection() as connection:
        yield connection


def broken(connection) -> set[str]:
    return {finding.name for finding in check_all(most_rows=3, own_snapshot=False) if finding.rows}


def test_a_sound_desk_holds(worked_desk):
    assert broken(worked_desk) == set()


@pytest.mark.parametrize("name", BREAKAGES)
def test_what_is_broken_behind_the_triggers_is_found(worked_desk, name):
    """The owner switches the triggers off, as somebody with the database's own password could."""
    from django.db import connections

    from conftest import OWNER_OPTIONS, work_on

    database = connections["default"].settings_dict["NAME"]
    worked_desk.rollback()
    before = dict(connections["default"].settings_dict["OPTIONS"])
    work_on(database, options=OWNER_OPTIONS)
    django_connection = connections["default"]
    try:
        django_connection.set_autocommit(False)
        with django_connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal")
            for (table,) in cursor.fetchall():
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(
                "ALTER TABLE payments_payment DROP CONSTRAINT payment_not_applied_twice,"
                " DROP CONSTRAINT payment_unknown_payer_is_suspense"
            )
            cursor.execute(BREAKAGES[name])
            assert cursor.rowcount > 0, "the breakage must hit a row"
        assert name in broken(django_connection)
    finally:
        django_connection.rollback()
        django_connection.set_autocommit(True)
        work_on(database, options=before["options"])


def test_a_document_changed_on_disk_is_found(committed_db):
    file = upload_file(io.BytesIO(b"a,b\n1,2\n"), filename="a.csv", by=ANALYST, now=NOON).file
    path = blobs.path_of(file.sha256)
    path.chmod(0o600)
    path.write_bytes(b"a,b\n1,3\n")
    assert {f.name for f in check_all(most_rows=3) if f.rows} == {"documents_kept"}
