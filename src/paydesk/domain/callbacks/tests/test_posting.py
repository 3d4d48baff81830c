"""Callbacks become payments: once, whatever the order, the way and the number of times they come."""

from __future__ import annotations

import itertools
import re
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import owner_connection
from paydesk.domain.callbacks.models import PendingPayment
from paydesk.domain.callbacks.tests.company import (
    accepted_push,
    c2b,
    ghana_contract,
    hubtel,
    hubtel_endpoint,
    kenya_contract,
    mpesa_endpoint,
    payments_of,
    post_all,
    push,
    send,
)
from paydesk.domain.payments.actions import receive_lines
from paydesk.domain.payments.models import Payment
from paydesk.domain.statements import steps as statements
from paydesk.domain.statements.models import RejectedLine, SourceFile, StatementLine
from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.inbox.actions import retry_message
from paydesk.foundation.inbox.models import Message
from paydesk.foundation.inbox.rules import MOST_ATTEMPTS
from paydesk.reporting.invariants import check_all
from tests.builders import NOON, TODAY, WORKER, make_file, row


@pytest.fixture(scope="module", autouse=True)
def _own_database(committed_module_db: str) -> None:
    """One database for the module: every test has accounts of its own."""


def state_of(message: Message) -> tuple[str, str, str]:
    message.refresh_from_db()
    return message.state, message.outcome, message.reason


def assert_sound() -> None:
    broken = [f for f in check_all(most_rows=5, own_snapshot=False) if f.rows and f.name != "documents_kept"]
    assert not broken, broken


def test_a_paid_callback_is_a_payment_applied_to_its_contract() -> None:
    endpoint, contract = hubtel_endpoint(), ghana_contract()
    message = send(endpoint, hubtel(amount="50.00", reference=contract.account_number))
    assert post_all() == 1
    (payment,) = payments_of(endpoint.source_account)
    assert (payment.amount_minor, payment.contract_id, payment.open_minor) == (50_00, contract.pk, 0)
    assert state_of(message)[:2] == ("understood", "payment")
    file = SourceFile.objects.get(source_account=endpoint.source_account)
    assert (file.callbacks_on, file.new_count, file.payment_count, file.covers_to) == (TODAY, 1, 1, None)
    assert StatementLine.objects.get(pk=message.became_id).line_no == message.pk
    assert_sound()


def test_amounts_keep_every_digit() -> None:
    endpoint = hubtel_endpoint()
    send(endpoint, hubtel(amount="0.10"))
    send(endpoint, hubtel(amount="90071992547409.93"))
    post_all()
    assert [p.amount_minor for p in payments_of(endpoint.source_account)] == [10, 9007199254740993]


def test_part_of_a_minor_unit_is_kept_and_makes_no_payment() -> None:
    endpoint = hubtel_endpoint()
    send(endpoint, hubtel(amount="0.105"))
    post_all()
    (line,) = StatementLine.objects.filter(source_account=endpoint.source_account)
    assert (line.amount, line.amount_minor, payments_of(endpoint.source_account)) == (
        Decimal("0.105"),
        None,
        [],
    )


def test_accepted_is_not_paid() -> None:
    endpoint = hubtel_endpoint()
    send(endpoint, hubtel("0001", id="T-accepted"))
    post_all()
    pending = PendingPayment.objects.get(source_account=endpoint.source_account)
    assert (pending.state, pending.amount_minor, payments_of(endpoint.source_account)) == (
        "waiting",
        50_00,
        [],
    )


STEPS = ("0001", "0000", "2001")


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.sampled_from(STEPS), min_size=1, max_size=6), st.lists(st.booleans(), min_size=6, max_size=6)
)
def test_any_order_and_any_repeats_end_the_same(codes: list[str], stops: list[bool]) -> None:
    """One payment if a success came, else none; what is pending ends alike."""
    endpoint = hubtel_endpoint()
    for code, stop in zip(codes, stops, strict=False):
        send(endpoint, hubtel(code, id="T1"))
        if stop:
            post_all()
    post_all()
    payments = payments_of(endpoint.source_account)
    assert [p.amount_minor for p in payments] == ([50_00] if "0000" in codes else [])
    assert StatementLine.objects.filter(source_account=endpoint.source_account).count() == len(set(codes))
    found = PendingPayment.objects.filter(source_account=endpoint.source_account).first()
    final = "received" if "0000" in codes else "failed" if "2001" in codes else "waiting"
    assert found is None or found.state == final
    messages = Message.objects.filter(source_id=endpoint.source_account_id)
    assert {message.state for message in messages} == {"understood"}
    assert sum(message.repeats for message in messages) == len(codes) - len(set(codes))


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_c2b_and_push_of_one_payment_are_one_whatever_comes_first(order: tuple[int, ...]) -> None:
    number, request, receipt = f"6{order}", f"ws_CO_{order}", f"R{order}"
    endpoint, contract = mpesa_endpoint(identifier=number), kenya_contract()
    messages = (
        (accepted_push(request), "push"),
        (push(request=request, receipt=receipt), "push"),
        (c2b(receipt=receipt, reference=contract.account_number, number=number), "confirmation"),
    )
    for place in order:
        send(endpoint, *messages[place])
        post_all()
    (payment,) = payments_of(endpoint.source_account)
    assert (payment.amount_minor, payment.evidence_key) == (50_00, receipt)
    pending = PendingPayment.objects.filter(source_account=endpoint.source_account)
    assert {each.state for each in pending} == {"received"}


def test_of_a_push_told_twice_at_once_the_message_that_names_the_contract_counts() -> None:
    endpoint, contract = mpesa_endpoint(identifier="600007"), kenya_contract()
    told = send(endpoint, push(request="ws_CO_T", receipt="T7"), "push")
    named = send(endpoint, c2b(receipt="T7", reference=contract.account_number, number="600007"))
    post_all()
    (payment,) = payments_of(endpoint.source_account)
    assert payment.contract_id == contract.pk
    assert (state_of(told)[1], state_of(named)[1]) == ("known", "payment")


def test_a_later_message_that_names_a_reference_is_shown_as_such() -> None:
    endpoint, contract = mpesa_endpoint(identifier="600008"), kenya_contract()
    send(endpoint, push(request="ws_CO_L", receipt="T8"), "push")
    post_all()
    named = send(endpoint, c2b(receipt="T8", reference=contract.account_number, number="600008"))
    post_all()
    assert state_of(named)[:2] == ("understood", "says_more")
    assert len(payments_of(endpoint.source_account)) == 1


def test_a_cancelled_push_is_over_also_when_its_acceptance_comes_late() -> None:
    endpoint = mpesa_endpoint(identifier="600001")
    for body in (push(request="ws_CO_9", code=1032), accepted_push("ws_CO_9")):
        send(endpoint, body, "push")
        post_all()
    assert PendingPayment.objects.get(ask_ref="ws_CO_9").state == "failed"
    assert payments_of(endpoint.source_account) == []


def test_a_validation_is_not_money() -> None:
    endpoint = mpesa_endpoint(identifier="600002")
    message = send(endpoint, c2b(receipt="V1", number="600002"), "validation")
    post_all()
    assert state_of(message) == ("understood", "nothing", "")
    assert payments_of(endpoint.source_account) == []


def test_a_failure_after_the_success_is_kept_and_shown_and_undoes_nothing() -> None:
    endpoint = hubtel_endpoint()
    send(endpoint, hubtel("0000", id="T2"))
    late = send(endpoint, hubtel("2001", id="T2"))
    post_all()
    assert state_of(late)[:2] == ("understood", "contradicts")
    assert [p.state for p in payments_of(endpoint.source_account)] == ["received"]


# --- the same payment by callback and by file


def post_as_file(endpoint, *rows) -> SourceFile:  # type: ignore[no-untyped-def]
    """Rows through staging and posting, as a portal file goes."""
    from paydesk.domain.payments.actions import post_file

    file = make_file(endpoint.source_account, line_count=len(rows))
    statements.copy_staged(file.pk, endpoint.source_account, rows, TODAY)
    return post_file(file.pk, by=WORKER, now=NOON)


@pytest.mark.parametrize("first", ["callback", "file"])
def test_by_callback_and_by_file_it_is_one_payment(first: str) -> None:
    endpoint = hubtel_endpoint()
    in_file = row(1, "50.00", provider_ref="T3", fee=Decimal(0))
    if first == "callback":
        send(endpoint, hubtel(id="T3"))
        post_all()
        file = post_as_file(endpoint, in_file)
        assert (file.new_count, file.known_count, file.rejected_count) == (0, 1, 0)
    else:
        post_as_file(endpoint, in_file)
        message = send(endpoint, hubtel(id="T3"))
        post_all()
        assert state_of(message)[:2] == ("understood", "known")
    assert [p.amount_minor for p in payments_of(endpoint.source_account)] == [50_00]
    assert_sound()


@pytest.mark.parametrize("first", ["callback", "file"])
def test_with_another_amount_it_is_shown_and_not_posted_twice(first: str) -> None:
    endpoint = hubtel_endpoint()
    in_file = row(1, "60.00", provider_ref="T4")
    if first == "callback":
        send(endpoint, hubtel(id="T4"))
        post_all()
        file = post_as_file(endpoint, in_file)
        (rejected,) = RejectedLine.objects.filter(file=file)
        assert "60 GHS" in rejected.reason
        assert "50 GHS (file Callbacks of 2026-03-02" in rejected.reason
    else:
        post_as_file(endpoint, in_file)
        message = send(endpoint, hubtel(id="T4"))
        post_all()
        state, outcome, reason = state_of(message)
        assert (state, outcome) == ("rejected", "conflict")
        assert "says 50.00 GHS for T4" in reason
        assert "60.00 GHS (portal.csv)" in reason
    assert len(payments_of(endpoint.source_account)) == 1


def test_two_conflicting_messages_in_one_batch_post_the_first_alone() -> None:
    endpoint = hubtel_endpoint()
    first, second = send(endpoint, hubtel(id="T5")), send(endpoint, hubtel(id="T5", amount="51.00"))
    post_all()
    assert (state_of(first)[1], state_of(second)[1]) == ("payment", "conflict")
    assert [p.amount_minor for p in payments_of(endpoint.source_account)] == [50_00]


# --- what cannot be taken


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"[" * 60_000, "not JSON|nested"),
        (b'{"ResponseCode": "0000", "Data": {"Amount": NaN, "TransactionId": "x"}}', "NaN"),
        (b"\xff\xfe", "UTF-8"),
        (b"\x00\x00\x00", "not JSON"),
        (hubtel("7777"), "not known"),
        (hubtel(id="x" * 101), "no id"),
        (hubtel(amount="-5"), "above zero"),
        (hubtel(amount="1e300"), "no amount"),
        (hubtel(amount='"ten"'), "not an amount"),
        (b'{"TransID": "x"}', "no Hubtel callback"),
    ],
    ids=range(10),
)
def test_a_message_that_cannot_be_taken_is_rejected_with_the_reason(body: bytes, reason: str) -> None:
    endpoint = hubtel_endpoint()
    good = send(endpoint, hubtel())
    bad = send(endpoint, body)
    post_all()
    state, _, said = state_of(bad)
    assert state == "rejected"
    assert re.search(reason, said), said
    assert state_of(good)[0] == "understood"


def test_text_with_nul_and_half_characters_is_stored_cleaned() -> None:
    endpoint = hubtel_endpoint()
    body = hubtel(Description="@text@").replace(b"@text@", rb"a\u0000b\ud800")
    send(endpoint, body)
    post_all()
    assert StatementLine.objects.get(source_account=endpoint.source_account).text == "a\ufffdb?"


def test_a_message_for_another_number_is_rejected_and_read_again_once_the_number_is_ours() -> None:
    from paydesk.domain.providers.actions import limit_callbacks

    endpoint = mpesa_endpoint(identifier="600003")
    message = send(endpoint, c2b(receipt="N1", number="600004"))
    post_all()
    assert "for number 600004" in state_of(message)[2]
    limit_callbacks(endpoint.pk, networks="", also_numbers="600004", by=WORKER, now=NOON)
    retry_message(message.pk, by=WORKER, now=NOON)
    retry_message(message.pk, by=WORKER, now=NOON)
    post_all()
    assert state_of(message)[:2] == ("understood", "payment")
    assert AuditRecord.objects.filter(verb="message.retried", subject_id=str(message.pk)).count() == 1


def test_one_that_breaks_in_the_database_holds_up_no_other() -> None:
    """A trigger of the test stands for what nobody foresaw."""
    endpoint = hubtel_endpoint()
    good, broken = send(endpoint, hubtel()), send(endpoint, hubtel(Description="break me"))
    with owner_connection(autocommit=True) as owner:
        owner.execute(
            """
            CREATE FUNCTION break_it() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN IF NEW.text = 'break me' THEN RAISE EXCEPTION 'no'; END IF; RETURN NEW; END $$;
            CREATE TRIGGER break_it BEFORE INSERT ON statements_statementline
                FOR EACH ROW EXECUTE FUNCTION break_it()
            """
        )
    post_all()
    assert (state_of(good)[0], state_of(broken)[0]) == ("understood", "received")
    for _ in range(MOST_ATTEMPTS):
        post_all()
    assert state_of(broken)[0] == "rejected"
    assert "could not be posted" in state_of(broken)[2]
    with owner_connection(autocommit=True) as owner:
        owner.execute("DROP FUNCTION break_it() CASCADE")
    retry_message(broken.pk, by=WORKER, now=NOON)
    post_all()
    assert state_of(broken)[:2] == ("understood", "payment")


def test_the_day_of_a_callback_is_that_of_its_account() -> None:
    endpoint = mpesa_endpoint(identifier="600005")
    late = NOON.replace(hour=22)
    send(endpoint, c2b(receipt="D1", number="600005"), now=late)
    post_all(late)
    assert (
        SourceFile.objects.get(source_account=endpoint.source_account).callbacks_on.isoformat()
        == "2026-03-03"
    )


def test_many_days_and_accounts_in_one_batch_count_their_own() -> None:
    one, two = hubtel_endpoint(), mpesa_endpoint(identifier="600006")
    send(one, hubtel())
    send(one, hubtel(), now=NOON.replace(day=3))
    send(two, c2b(receipt="M1", number="600006"))
    send(two, c2b(receipt="M2", number="600006", reference="unknown"))
    before = Payment.objects.count()
    post_all()
    assert Payment.objects.count() == before + 4
    files = SourceFile.objects.filter(source_account__in=[one.source_account, two.source_account]).order_by(
        "pk"
    )
    assert sorted(f.payment_count for f in files) == [1, 1, 2]
    assert_sound()


def test_receive_lines_is_the_one_way_in() -> None:
    """A callback's line handed to it again makes no second payment."""
    endpoint = hubtel_endpoint()
    send(endpoint, hubtel())
    post_all()
    line = StatementLine.objects.get(source_account=endpoint.source_account)
    with transaction.atomic():
        assert receive_lines([line.pk], by=WORKER, now=NOON) == 0
