"""What payments answer at the doors: where a payment stands for whoever paid, and whose answers fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from paydesk.domain.cases.asks import Link
from paydesk.domain.cases.rules import Level
from paydesk.domain.contracts.models import Contract
from paydesk.domain.doors.asks import Proof, Standing, Step, checks_answers, tells_standing
from paydesk.domain.payments.models import Payment
from paydesk.foundation.clocks.queries import earliest_of
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.references import key_of

LAST_PAYMENT_DAYS = 90  # a payment older than that is no longer "the last"


def register() -> None:
    """Make the answers known to the doors."""
    tells_standing("payment", standing_of_payment, level=Level.TWO_FACTS)
    checks_answers("payments", proof_of_answers)


def standing_of_payment(payment_id: int, now: datetime) -> Standing | None:
    """Paid, with us, credited: by whom is not said. Two queries."""
    payment = Payment.objects.select_related("statement_line").filter(pk=payment_id).first()
    if payment is None:
        return None
    details = [
        (_("Amount"), str(Money(payment.amount_minor, payment.currency))),
        (_("Paid on"), date_format(payment.value_on, "j F Y")),
    ]
    if payment.statement_line.provider_ref:
        details.append((_("Transaction code"), payment.statement_line.provider_ref))
    begun = [
        Step(_("You paid"), "done", payment.paid_at),
        Step(_("We have the money"), "done", payment.received_at),
    ]
    title = _("Your payment")
    if payment.state != "received":
        return Standing(
            title, _("The provider took this payment back"),
            _("The money is not with us any more. Ask your provider, or write to us."),
            [*begun, Step(_("Taken back by the provider"), "stopped")], details,
        )  # fmt: skip
    if payment.customer_id is not None and payment.open_minor == 0:
        return Standing(
            title, _("Your payment is credited"), _("There is nothing left to do."),
            [*begun, Step(_("Credited"), "done")], details,
        )  # fmt: skip
    known = payment.customer_id is not None
    clock = earliest_of("payment", [payment.pk]).get(payment.pk)
    return Standing(
        title,
        _("We have your payment, and it is not credited in full yet")
        if known
        else _("We have your payment and look for the account it is for"),
        _("As soon as we know the account, it is credited for the day on which you paid."),
        [*begun, Step(_("Account found"), "done" if known else "now"),
         Step(_("Credited"), "now" if known else "next")],
        details,
        expected_by=clock.due_at if clock is not None and clock.due_at > now else None,
    )  # fmt: skip


def proof_of_answers(answers: Mapping[str, str], market: str, by: Actor) -> Proof:
    """Whose these answers are: by account number or transaction code; all of them must be of one customer.

    Answers are account_number, transaction_code, and last_payment as "2026-03-02 50.00".
    """
    about = {
        "account_number": _by_account(answers.get("account_number", ""), market, by),
        "transaction_code": _by_code(answers.get("transaction_code", ""), market, by),
    }
    owners = {found[0] for found in about.values() if found is not None}
    if len(owners) != 1:
        return Proof(next(iter(owners), None), failed=frozenset(answers))
    (owner,) = owners
    held = {name for name, found in about.items() if found is not None and found[0] == owner}
    links = [found[1] for found in about.values() if found is not None]
    if paid := _last_payment(answers.get("last_payment", ""), owner):
        held.add("last_payment")
        links.append(("payment", paid))
    return Proof(owner, frozenset(held), frozenset(set(answers) - held), tuple(dict.fromkeys(links)))


def _by_account(text: str, market: str, by: Actor) -> tuple[int, Link] | None:
    key = key_of(text)
    found = in_markets(Contract.objects.filter(account_key=key, market=market), by).first() if key else None
    return (found.customer_id, ("contract", found.pk)) if found is not None else None


def _by_code(text: str, market: str, by: Actor) -> tuple[int, Link] | None:
    """The one payment whose payer is known that bears this code of a provider."""
    if not text.strip():
        return None
    forms = {text.strip(), text.strip().upper(), text.strip().lower()}
    bears = Q(statement_line__provider_ref__in=forms) | Q(statement_line__network_ref__in=forms)
    known = Payment.objects.filter(bears, market=market, customer__isnull=False, state="received")
    found = list(in_markets(known, by)[:2])
    if len(found) != 1 or found[0].customer_id is None:
        return None
    return found[0].customer_id, ("payment", found[0].pk)


def _last_payment(text: str, customer_id: int) -> int | None:
    """The payment of this customer on that day over that amount, of the last ninety days."""
    day, amount = _day_and_amount(text)
    if day is None or amount is None or day < timezone.localdate() - timedelta(days=LAST_PAYMENT_DAYS):
        return None
    for paid in Payment.objects.filter(customer_id=customer_id, state="received", value_on=day)[:20]:
        if Money(paid.amount_minor, paid.currency).amount == amount:
            return paid.pk
    return None


def _day_and_amount(text: str) -> tuple[date | None, Decimal | None]:
    words: Iterator[str] = iter(text.split())
    try:
        return date.fromisoformat(next(words, "")), Decimal(next(words, "").replace(",", "."))
    except (ValueError, InvalidOperation):
        return None, None
