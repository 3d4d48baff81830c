"""Taking money in: a confirmed file is posted chunk by chunk; what is open is applied by hand."""

from __future__ import annotations

from datetime import datetime

from django.db import DatabaseError, connection, transaction

from paydesk.domain.contracts.queries import customer_market, owner_and_currency
from paydesk.domain.ledger.steps import refusal_of
from paydesk.domain.payments.clocks import meet_identification_clocks, start_identification_clocks
from paydesk.domain.payments.models import Payment
from paydesk.domain.statements import steps as statements
from paydesk.domain.statements.models import SourceFile
from paydesk.domain.statements.staging import restage_if_lost
from paydesk.domain.statements.states import FILE
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.outbox import steps as outbox
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.refused import ChangedRefused, Refused

CHUNK_ROWS = 50_000
FIRST_CHUNK_ROWS = 5_000  # chunks grow from here, so that who looks on sees it move, and little is done twice


class ApplyRefused(Refused):
    """This money cannot be applied there."""

    code = "payment.apply_refused"


class PaymentChangedRefused(ApplyRefused, ChangedRefused):
    """Someone else did something with this payment since the person opened it."""

    code = "payment.changed"


@transaction.atomic(durable=True)
def confirm_file(file_id: int, *, by: Actor, now: datetime) -> SourceFile:
    """Post a previewed file: a worker takes it up, chunk by chunk, and goes on after any interruption.

    Confirming twice is the same as once. Raises TransitionRefused unless the file waits with its preview.
    """
    file = SourceFile.objects.select_for_update().get(pk=file_id)
    by.needs("files.import", market=file.source_account.market if file.source_account else None)
    if file.state in ("posting", "posted"):
        return file
    was, file.state = file.state, FILE.after("post", file.state)
    file.confirmed_by = by.label
    file.revision += 1
    file.save(update_fields=["state", "confirmed_by", "revision"])
    assert file.source_account is not None, "a previewed file has an account"
    audit.record(
        "file.confirmed",
        subject=("file", file.pk),
        by=by,
        at=now,
        changes={"state": [was, file.state], "rows": file.line_count},
        market=file.source_account.market,
    )
    outbox.put("file.confirmed", {"file_id": file.pk})
    return file


def post_file(file_id: int, *, by: Actor, now: datetime) -> SourceFile:
    """Work a confirmed file to its end, one durable chunk after the other; safe to call at any time.

    Returns at once if another worker holds the file or there is nothing to do.
    """
    with statements.working_on(file_id) as got:
        if got:
            restage_if_lost(file_id, now=now)
        while got and _post_chunk(file_id, by=by, now=now):
            pass
    return SourceFile.objects.select_related("source_account").get(pk=file_id)


@transaction.atomic(durable=True)
def _post_chunk(file_id: int, *, by: Actor, now: datetime) -> bool:
    """One chunk of a file: lines stored, payments received, posted and allocated. False at the end."""
    file = SourceFile.objects.select_for_update(of=["self"]).select_related("source_account").get(pk=file_id)
    if file.state != "posting" or file.source_account is None:
        return False
    market = file.source_account.market
    size = min(CHUNK_ROWS, max(FIRST_CHUNK_ROWS, file.new_count + file.known_count))
    stored = statements.store_chunk(file, size=size)
    if stored is None:
        file.state = FILE.after("finish", file.state)
        file.posted_at = now
        statements.forget_staged(file.pk)
        audit.record(
            "file.posted",
            subject=("file", file.pk),
            by=by,
            at=now,
            changes={
                "state": ["posting", file.state],
                "new": file.new_count,
                "known": file.known_count,
                "payments": file.payment_count,
                "rejected": file.rejected_count,
            },
            market=market,
        )
        outbox.put("file.posted", {"file_id": file.pk})
    else:
        line_ids, known, conflicts, last = stored
        received = receive_lines(line_ids, by=by, now=now)
        file.new_count += len(line_ids)
        file.known_count += known
        file.rejected_count += conflicts
        file.payment_count += received
        if line_ids:
            audit.record(
                "payments.received",
                subject=("file", file.pk),
                by=by,
                at=now,
                changes={
                    "rows": [file.posted_through + 1, last],
                    "lines": len(line_ids),
                    "payments": received,
                },
                market=market,
            )
        file.posted_through = last
    file.revision += 1
    file.save()
    return file.state == "posting"


def receive_lines(line_ids: list[int], *, by: Actor, now: datetime) -> int:
    """Turn stored statement lines into posted, identified and allocated payments; returns how many.

    The one way in, for a file of a million rows and for a single callback. Joins the caller's transaction.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT payments_receive(%s::bigint[], %s, %s)", [line_ids, by.label, now])
            received = int(cursor.fetchone()[0])
    except DatabaseError as problem:
        raise refusal_of(problem) from problem
    start_identification_clocks(line_ids, now)
    return received


@transaction.atomic(durable=True)
def apply_payment(
    payment_id: int,
    *,
    customer_id: int,
    contract_id: int | None,
    amount: Money | None = None,
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> Payment:
    """Name the payer of money in suspense and apply what is open of a payment to a contract of theirs.

    Without a contract the payer alone is named; without an amount all that is open is applied. What the
    contract does not take stays unapplied. `version` is what the person saw; a payment that changed since is
    refused. Raises ApplyRefused.
    """
    payment = Payment.objects.get(pk=payment_id)
    by.needs("payments.allocate", market=payment.market)
    if payment.customer_id is None:
        by.needs("payments.identify", market=payment.market)
    _check_applicable(payment, customer_id, contract_id, amount, version)
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT payments_apply("
                "%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], 'by_hand', %s, %s)",
                [
                    [payment_id],
                    [customer_id],
                    [contract_id],
                    [amount.amount_minor if amount else None],
                    by.label,
                    now,
                ],
            )
            changed = cursor.fetchone()[0]
    except DatabaseError as problem:
        raise refusal_of(problem) from problem
    meet_identification_clocks([payment_id], now)
    was_open, was_customer, was_version = payment.open_minor, payment.customer_id, payment.version
    payment.refresh_from_db()
    if not changed or payment.version != was_version + 1:
        raise PaymentChangedRefused(
            "Someone else changed this payment a moment ago. Reload it and look again."
        )
    if contract_id is not None and payment.open_minor == was_open and was_customer is not None:
        raise ApplyRefused("Nothing was applied: this contract has nothing open that this payment could pay.")
    audit.record(
        "payment.identified" if was_customer is None else "payment.allocated",
        subject=("payment", payment.pk),
        by=by,
        at=now,
        changes={
            "customer_id": [was_customer, payment.customer_id],
            "contract_id": contract_id,
            "open_minor": [was_open, payment.open_minor],
        },
        market=payment.market,
    )
    return payment


def _check_applicable(
    payment: Payment, customer_id: int, contract_id: int | None, amount: Money | None, version: int | None
) -> None:
    if version is not None and payment.version != version:
        raise PaymentChangedRefused(
            "Someone else changed this payment since you opened it. Reload it and look again."
        )
    if payment.open_minor == 0:
        raise ApplyRefused("Nothing of this payment is open: all of it is applied already.")
    if payment.customer_id not in (None, customer_id):
        raise ApplyRefused("This payment belongs to another customer. Moving it needs a second person.")
    if customer_market(customer_id) != payment.market:
        raise ApplyRefused("This customer is in another market than the payment.")
    if contract_id is not None:
        owner, currency = owner_and_currency(contract_id)
        if owner != customer_id:
            raise ApplyRefused("This contract belongs to another customer.")
        if currency != payment.currency:
            raise ApplyRefused(f"This contract is in {currency}, the payment in {payment.currency}.")
    if amount is not None:
        if amount.currency != payment.currency or not 0 < amount.amount_minor <= payment.open_minor:
            raise ApplyRefused(
                f"You can apply up to {Money(payment.open_minor, payment.currency)} of this payment.",
                open_minor=payment.open_minor,
            )
        if payment.customer_id is None and contract_id is None:
            raise ApplyRefused("Choose a contract to apply a part; naming the payer moves the whole payment.")
