"""Something is asked of the platform about money of a seller, by two people where money moves.

Nothing is posted here: what the platform does about it comes back as its event, and that is posted.
"""

from __future__ import annotations

import io
from datetime import datetime

from django.db import IntegrityError, transaction

from paydesk.domain.cases import steps as cases
from paydesk.domain.marketplace import queries, rules
from paydesk.domain.marketplace.ask_file import ask_file
from paydesk.domain.marketplace.models import PlatformAsk, Withdrawal
from paydesk.domain.marketplace.states import ASK
from paydesk.domain.parties.models import Party
from paydesk.domain.risk.queries import why_stopped
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.documents.models import Document
from paydesk.foundation.documents.steps import store
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.refused import Refused

ASK_RIGHT, RELEASE = "marketplace.ask", "payouts.release"
APPROVED_BY_TWO = tuple(f"seller.{kind}" for kind in rules.BY_TWO)
OF_THEM = ("again", "release")  # from a case because whoever it is from wants their money


class AskRefused(Refused):
    """This cannot be asked of the platform."""

    code = "marketplace.ask_refused"


@transaction.atomic(durable=True)
def ask_platform(
    kind: str,
    party_id: int,
    *,
    withdrawal_id: int | None = None,
    amount: Money | None = None,
    reason: str,
    case_id: int | None = None,
    by: Actor,
    now: datetime,
) -> PlatformAsk:
    """Ask where a withdrawal is or to pay it out again, or to hold money back or set it free.

    Where money moves a second person decides first. From a case, what pays out needs that whoever asks is
    known in a strong way. Raises AskRefused, IdentityRefused, ApprovalRefused, DoesNotExist.
    """
    party = queries.seller_for(by, party_id)
    by.needs(ASK_RIGHT, market=party.market)
    about = ("withdrawal", withdrawal_id) if withdrawal_id is not None else ("seller", party.pk)
    case = None
    if case_id is not None:
        case = (
            cases.asked_by_them(case_id, "withdrawal.request_again", by, about=[about])
            if kind in OF_THEM
            else cases.locked(case_id, by)
        )
    withdrawal = _withdrawal(kind, party, withdrawal_id)
    money = _money_of(withdrawal) if withdrawal is not None else amount or Money(0, "")
    _refuse(kind, party, money, withdrawal.state if withdrawal is not None else "", reason, now)
    try:
        with transaction.atomic():
            ask = PlatformAsk.objects.create(
                market=party.market, kind=kind, party=party, withdrawal=withdrawal,
                amount_minor=money.amount_minor, currency=money.currency, reason=reason.strip(),
                case_id=case_id, asked_by_id=by.id, asked_by=by.label, asked_at=now,
            )  # fmt: skip
    except IntegrityError:
        raise AskRefused("This is asked already, and its answer has not come.") from None
    approval_id = None
    if kind in rules.BY_TWO:
        approval_id = approvals.ask(
            f"seller.{kind}", subject=_subject(ask), market=ask.market, right=RELEASE,
            payload={"ask_id": ask.pk, "amount_minor": ask.amount_minor, "currency": ask.currency},
            amount=money, note=ask.reason, by=by, now=now,
        ).pk  # fmt: skip
    else:
        _move(ask, "approve")
    if case is not None:
        cases.attach(case, about, found_as="asked of the platform from this case", by=by, at=now)
        cases.count_up(case.pk)
    _record("platform.asked", ask, by, now, approval_id=approval_id, case_id=case_id)
    return ask


@transaction.atomic(durable=True)
def approve_ask(approval_id: int, *, by: Actor, now: datetime, note: str = "") -> PlatformAsk:
    """The second person says yes: it goes with the next hand-over. Raises AskRefused, ApprovalRefused."""
    kind = Approval.objects.values_list("kind", flat=True).get(pk=approval_id, kind__in=APPROVED_BY_TWO)
    approval = approvals.decide(approval_id, kind, by=by, now=now, note=note)
    ask = _locked(approval)
    state = ask.withdrawal.state if ask.withdrawal is not None else ""
    _refuse(ask.kind, ask.party, Money(ask.amount_minor, ask.currency), state, ask.reason, now)
    _move(ask, "approve")
    _record("platform.approved", ask, by, now, approval_id=approval.pk)
    return ask


def ask_ended(approval: Approval, by: Actor, now: datetime) -> None:
    """It was rejected, withdrawn or left to expire: the platform hears nothing. Joins that transaction."""
    ask = _locked(approval)
    _move(ask, "reject" if approval.state == "rejected" else "cancel")
    _record(f"platform.{ask.state}", ask, by, now, approval_id=approval.pk)


@transaction.atomic(durable=True)
def tell_platform(market: str, *, by: Actor, now: datetime) -> Document:
    """Hand over everything that may be asked in a market, oldest first: the file, which is kept.

    Raises AskRefused where nothing waits.
    """
    by.needs(RELEASE, market=market)
    waiting = PlatformAsk.objects.select_for_update(of=("self",)).select_related("party", "withdrawal")
    asks = list(waiting.filter(market=market, state="approved").order_by("pk"))
    asks = [ask for ask in asks if not _stopped(ask.kind, ask.party, _amount(ask), now)]
    if not asks:
        raise AskRefused("Nothing waits to be handed over to the platform in this market.")
    document = store(
        io.BytesIO(ask_file(asks)), filename=f"asked-of-platform-{market}-{now:%Y%m%d-%H%M}.csv", by=by,
        now=now, market=market,
    )  # fmt: skip
    for ask in asks:
        ask.told_at, ask.told_by, ask.told_in = now, by.label, document.pk
        _move(ask, "tell", "told_at", "told_by", "told_in")
        _record("platform.told", ask, by, now, document_id=document.pk)
    return document


def _withdrawal(kind: str, party: Party, withdrawal_id: int | None) -> Withdrawal | None:
    if kind not in rules.ABOUT_WITHDRAWALS:
        return None
    found = Withdrawal.objects.select_for_update().filter(pk=withdrawal_id, party=party).first()
    if found is None:
        raise AskRefused("Say which withdrawal of this seller it is about.")
    return found


def _refuse(kind: str, party: Party, money: Money, state: str, reason: str, now: datetime) -> None:
    """Raises AskRefused where it cannot be asked (any more), or risk stops it."""
    balance = next(
        (
            each
            for each in queries.balances_of([party.pk]).get(party.pk, ())
            if each.held.currency == money.currency
        ),
        None,
    )
    none = Money(0, money.currency) if money.currency else money
    problem = rules.problem_with_ask(
        kind, reason=reason, amount=money, state=state, available=balance.available if balance else none,
        held=balance.held if balance else none,
    )  # fmt: skip
    if problem := problem or _stopped(kind, party, money, now):
        raise AskRefused(problem)


def _stopped(kind: str, party: Party, money: Money, now: datetime) -> str:
    if kind not in OF_THEM:
        return ""
    whose = "merchant" if party.kind == "merchant" else "seller"
    return why_stopped([(whose, party.pk)], "payout", now=now, amount=money)


def _locked(approval: Approval) -> PlatformAsk:
    found = PlatformAsk.objects.select_for_update(of=("self",)).select_related("party", "withdrawal")
    return found.get(pk=approval.payload["ask_id"])


def _move(ask: PlatformAsk, verb: str, *fields: str) -> None:
    ask.state = ASK.after(verb, ask.state)
    ask.save(update_fields=["state", *fields])


def _money_of(withdrawal: Withdrawal) -> Money:
    return Money(withdrawal.amount_minor, withdrawal.currency)


def _amount(ask: PlatformAsk) -> Money:
    return Money(ask.amount_minor, ask.currency)


def _subject(ask: PlatformAsk) -> tuple[str, int]:
    return ("withdrawal", ask.withdrawal_id) if ask.withdrawal_id is not None else ("seller", ask.party_id)


def _record(verb: str, ask: PlatformAsk, by: Actor, now: datetime, **changes: object) -> None:
    audit.record(
        verb,
        subject=_subject(ask),
        by=by,
        at=now,
        market=ask.market,
        changes={"ask_id": ask.pk, "kind": ask.kind, "amount_minor": ask.amount_minor,
                 "currency": ask.currency, **changes},
    )  # fmt: skip
