"""What people write and call the demo company about: cases of the last days, in every state and channel.

Each is about payments that are there: some in suspense, some applied long ago, some paid twice.
Names, numbers and words are invented.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from paydesk.domain.cases import actions, queries
from paydesk.domain.cases.asks import blocks_of
from paydesk.domain.cases.models import Case, CaseLink
from paydesk.domain.contracts.models import Contract
from paydesk.domain.payments.models import Payment
from paydesk.domain.refunds.models import Refund
from paydesk.foundation.assignments.actions import assign
from paydesk.kernel.actor import Actor, system
from paydesk.kernel.money import Money
from paydesk.kernel.phone_numbers import shown
from paydesk.kernel.public_codes import code_of

DEMO, WORKER = system("demo"), system("worker")
MOST_EACH = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """One person's trouble, before the desk hears of it."""

    payment: Payment
    channel: str
    text: str
    hours_ago: float
    writer: str = ""
    harms: tuple[str, ...] = ()
    is_complaint: bool = False


def cases_of_the_morning(people: Mapping[str, Actor], at: datetime, meant: Mapping[str, str]) -> int:
    """About thirty cases up to `at`, some answered, waiting or resolved; returns how many.

    `meant` are the account numbers that payments in suspense were meant for, by the provider's reference.
    """
    dice = random.Random("cases")
    support = people["SU"]
    made = 0
    for n, asked in enumerate(sorted(_troubles(dice, meant), key=lambda each: -each.hours_ago)):
        heard = at - timedelta(hours=asked.hours_ago)
        case = _opened(asked, n, heard)
        made += 1
        if n % 4 == 3:
            continue  # nobody has looked yet
        if n % 3 == 0 and support.id is not None:
            assign(
                ("case", case.pk), market=case.market, owner_id=support.id, version=0, by=support, now=heard
            )
        if asked.hours_ago > 20:
            _worked(case, asked, n, support, heard + timedelta(minutes=40), at)
    return made


def _troubles(dice: random.Random, meant: Mapping[str, str]) -> Iterator[Asked]:
    received = Payment.objects.filter(state="received").select_related(
        "statement_line", "contract", "customer"
    )
    lost = received.filter(customer__isnull=True, open_minor__gt=0).order_by("-pk")[:MOST_EACH]
    for n, payment in enumerate(lost):
        account = meant.get(payment.statement_line.provider_ref, "")
        whose = Contract.objects.select_related("customer").filter(
            account_number=account, market=payment.market
        )
        writer = owner.customer.name if (owner := whose.first()) is not None else ""
        channel, text = ("email", "web_form", "chat")[n % 3], _lost(payment, n, account)
        yield Asked(payment, channel, text, 1 + n * 3, writer, ("locked",))
    settled = received.filter(customer__isnull=False, contract__isnull=False, open_minor=0).order_by("-pk")
    for n, payment in enumerate(settled[: MOST_EACH * 2 : 2]):
        yield Asked(payment, ("phone", "email")[n % 2], _told(payment, n), 2 + n * 7)
    twice = received.filter(possible_double__isnull=False).order_by("-pk")[:4]
    for n, payment in enumerate(twice):
        yield Asked(payment, "email", _twice(payment), 3 + n * 11, is_complaint=n % 2 == 0)
    for n, refund in enumerate(Refund.objects.select_related("payment__statement_line").order_by("pk")[:4]):
        amount, code = _amount(refund.payment, refund.amount_minor), code_of("REF", refund.pk)
        text = f"You wrote that I get {amount} back. When? {code}"
        yield Asked(refund.payment, ("email", "phone")[n % 2], text, 5 + dice.random() * 20)


def _lost(payment: Payment, n: int, account: str) -> str:
    """Most say for which account it was; who forgets that has to be asked."""
    line = payment.statement_line
    mine = f" My account is {account}." if account else ""
    return (
        f"Good morning. I paid {_amount(payment)} on {payment.value_on:%d/%m/%Y} and my phone is locked. "
        f"The message says {line.provider_ref}.{mine}",
        f"Payment not credited. Code: {line.provider_ref}. I cannot work without the phone, please help.",
        f"hi, sent {_amount(payment)}, id {line.provider_ref}, but it says I owe. What now?{mine}",
    )[n % 3]


def _told(payment: Payment, n: int) -> str:
    account = payment.contract.account_number if payment.contract else ""
    return (
        f"Asks how much is left to pay on account {account} and when the next payment is due.",
        f"Please send me a statement of account {account}. I paid {_amount(payment)} last.",
    )[n % 2]


def _twice(payment: Payment) -> str:
    return (
        f"You took {_amount(payment)} twice! Codes {payment.statement_line.provider_ref} and one before "
        "it. I want one of them back today, or I go to the regulator."
    )


def _amount(payment: Payment, minor: int | None = None) -> str:
    return str(Money(payment.amount_minor if minor is None else minor, payment.currency))


def _opened(asked: Asked, n: int, heard: datetime) -> Case:
    payment, line = asked.payment, asked.payment.statement_line
    name = payment.customer.name if payment.customer else asked.writer or line.payer_name.title()
    by_phone = asked.channel == "phone"
    mailbox = ".".join(name.lower().split()) or f"writer{n}"
    return actions.open_case(
        market=payment.market,
        channel=asked.channel,
        text=asked.text,
        contact=line.msisdn if by_phone else f"{mailbox}@mail.example",
        contact_name=name,
        amount=Money(payment.amount_minor, payment.currency),
        harms=asked.harms,
        is_complaint=asked.is_complaint,
        external_id="" if by_phone else f"<demo-{n}@mail.example>",
        by=DEMO,
        now=heard,
    )


def _worked(case: Case, asked: Asked, n: int, by: Actor, now: datetime, until: datetime) -> None:
    """What an agent did with it: linked, sorted, answered; then it waits, is resolved, or came back."""
    for link in CaseLink.objects.filter(case=case, state="proposed"):
        actions.confirm_link(link.pk, by=by, now=now)
    sorting = _sorting(asked)
    actions.sort_case(case.pk, **sorting, by=by, now=now)
    if case.channel == "phone":
        said = f"Told them what is left to pay; they call from {shown(case.contact)}."
        actions.log_call(case.pk, outcome="answered", text=said, called_us=False, by=by, now=now)
    else:
        version = Case.objects.values_list("version", flat=True).get(pk=case.pk)
        message = actions.reply(
            case.pk, text="Thank you for writing. We have found your payment and look into it now.",
            sent_key=f"demo-{case.pk}", version=version, by=by, now=now,
        )  # fmt: skip
        if message.delivery == "queued":
            actions.mark_sent(
                message.pk, external_id=f"<answer-{message.pk}@desk.example>", by=WORKER,
                now=now + timedelta(seconds=11),
            )  # fmt: skip
    if n % 3 == 1:
        actions.wait(
            case.pk, waits_for=("customer", "provider")[n % 2], by=by, now=now + timedelta(minutes=2)
        )
    elif n % 3 == 2 and not asked.is_complaint:
        _resolve(case, by, now + timedelta(hours=1))
    elif now + timedelta(hours=3) < until and case.channel == "email":
        actions.receive_message(
            case.pk, channel="email", text="Any news? It is still not there.", sender=case.contact,
            external_id=f"<demo-{case.pk}-again@mail.example>", by=WORKER, now=now + timedelta(hours=3),
        )  # fmt: skip


def _sorting(asked: Asked) -> dict[str, str]:
    if asked.is_complaint or "twice" in asked.text:
        return {"category": "paying.twice", "root_cause": "duplicate_charge"}
    if asked.harms:
        return {"category": "paying.not_applied", "root_cause": "not_received"}
    if "back" in asked.text:
        return {"category": "refund.late", "root_cause": "refund_late"}
    return {"category": "account.statement", "root_cause": "none"}


def _resolve(case: Case, by: Actor, now: datetime) -> None:
    case = actions.sort_case(case.pk, money_outcome="none", by=by, now=now)
    for check in queries.unchecked(case):
        actions.tick(case.pk, check=check, done=True, by=by, now=now)
    if not blocks_of(queries.link_pairs(case.pk)):
        actions.resolve(case.pk, by=by, now=now)
