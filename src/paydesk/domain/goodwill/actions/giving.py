"""Goodwill is given from a case: alone up to the giver's limit, above it or a second time by two people."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from paydesk.domain.cases import steps as cases
from paydesk.domain.cases.asks import Compensation, stopping
from paydesk.domain.cases.models import Case
from paydesk.domain.contracts import rules as contract_rules
from paydesk.domain.contracts.models import Contract, DueItem
from paydesk.domain.goodwill import queries, rules
from paydesk.domain.goodwill.models import Goodwill
from paydesk.domain.goodwill.states import GOODWILL
from paydesk.domain.payments.steps import call, lock_all
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.people.queries import market_by_code
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.refused import Refused

GIVE = "goodwill.give"
RIGHT = "goodwill.give"


class GoodwillRefused(Refused):
    """This goodwill cannot be given or undone."""

    code = "goodwill.refused"


class EarlierRefused(GoodwillRefused):
    """Something was given for this already; whoever still wants to says so, and a second person decides."""

    code = "goodwill.earlier"


@transaction.atomic(durable=True)
def give_goodwill(
    case_id: int,
    *,
    amount: Money,
    reason: str,
    note: str,
    contract_id: int | None,
    payment_id: int | None = None,
    again: bool = False,
    by: Actor,
    now: datetime,
) -> Goodwill:
    """Give the customer of a case money, to a contract of theirs or as a credit.

    Posted at once where the giver may alone; else it waits for a second person, as any second compensation
    does. What was given before is named and stops it, unless `again` says that it is known. Raises
    EarlierRefused, GoodwillRefused, IdentityRefused, ApprovalRefused.
    """
    about = [("payment", payment_id)] if payment_id is not None else []
    case = cases.asked_by_them(case_id, "goodwill.give", by, about=about)
    by.needs(RIGHT, market=case.market)
    if case.customer_id is None:
        raise GoodwillRefused("Say first which customer this is: goodwill is given to somebody known.")
    approvals.refuse_if_related(by, "customer", [case.customer_id])
    currency = _currency(case, contract_id)
    open_minor = queries.open_minor_of(contract_id) if contract_id is not None else None
    goes_to = "contract" if contract_id is not None else "credit"
    if problem := rules.problem_with(
        amount, currency=currency, reason=reason, note=note, goes_to=goes_to, open_minor=open_minor
    ):
        raise GoodwillRefused(problem)
    _lock(case, contract_id, payment_id)
    earlier = _earlier_of(case, payment_id, now)
    if codes := stopping(earlier):
        raise GoodwillRefused(
            f"Not given: the payment is contested ({codes}), and nothing is given while that is open.",
            code="goodwill.contested",
        )
    if earlier and not again:
        raise EarlierRefused(
            "Not given: there was something before. "
            + " ".join(each.sentence for each in earlier)
            + " If it is due all the same, say so, and a second person decides.",
            earlier=[each.code for each in earlier],
        )
    given = Goodwill.objects.create(
        market=case.market,
        case=case,
        customer_id=case.customer_id,
        contract_id=contract_id,
        payment_id=payment_id if payment_id is not None else _payment_of(case),
        goes_to=goes_to,
        amount_minor=amount.amount_minor,
        currency=amount.currency,
        reason=reason,
        note=note.strip(),
        earlier=[each.code for each in earlier],
        asked_by_id=by.id,
        asked_by=by.label,
        asked_at=now,
    )
    why = rules.reasons_to_ask(
        amount, queries.own_limit(by, case.market, currency), [each.sentence for each in earlier]
    )
    cases.attach(case, ("goodwill", given.pk), found_as="given from this case", by=by, at=now)
    if why:
        approval = _ask(given, why if earlier else (), by, now)
        _record("goodwill.requested", given, by, now, approval_id=approval.pk, earlier=given.earlier)
    else:
        _post(given, by, now)
        _record("goodwill.given", given, by, now, state=["requested", given.state])
    cases.count_up(case.pk)
    return given


@transaction.atomic(durable=True)
def approve_goodwill(approval_id: int, *, by: Actor, now: datetime, note: str = "") -> Goodwill:
    """The second person says yes: it is posted. Raises ApprovalRefused, GoodwillRefused."""
    approval = approvals.decide(approval_id, GIVE, by=by, now=now, note=note)
    given = Goodwill.objects.select_for_update(of=("self",)).get(pk=approval.subject_id)
    approvals.refuse_if_related(by, "customer", [given.customer_id])
    if given.version != approval.payload["version"]:
        raise GoodwillRefused("This goodwill was changed since. Reject it and ask again.")
    _nothing_new(given, now)
    given.approved_by_id = by.id
    _post(given, by, now)
    cases.count_up(given.case_id)
    _record("goodwill.given", given, by, now, approval_id=approval.pk, state=["requested", given.state])
    return given


def request_ended(approval: Approval, by: Actor, now: datetime) -> None:
    """It was rejected, withdrawn or left to expire: nothing was posted. Joins that transaction."""
    given = Goodwill.objects.select_for_update(of=("self",)).get(pk=approval.subject_id)
    was = given.state
    given.state = GOODWILL.after("reject" if approval.state == "rejected" else "cancel", was)
    given.version += 1
    given.save(update_fields=["state", "version"])
    cases.count_up(given.case_id)
    _record(f"goodwill.{given.state}", given, by, now, state=[was, given.state])


def _earlier_of(case: Case, payment_id: int | None, now: datetime) -> list[Compensation]:
    """What was given, is asked for or contested about the case, its payments, or to its customer lately."""
    return queries.given_before(case.pk, now, payment_id=payment_id, customer_id=case.customer_id)


def _lock(case: Case, contract_id: int | None, payment_id: int | None) -> None:
    """Whoever gives something for the same payments waits, from whatever case; in the order of all locks."""
    named = [payment_id] if payment_id is not None else []
    ids = sorted({*queries.payments_of_trouble(case.pk), *named})
    lock_all(ids, contract_ids=[contract_id], customer_ids=[case.customer_id])


def _payment_of(case: Case) -> int | None:
    """The one payment the case is about; None where it is about several or none."""
    paid = queries.payments_of_trouble(case.pk)
    return paid[0] if len(paid) == 1 else None


def _currency(case: Case, contract_id: int | None) -> str:
    if contract_id is None:
        market = market_by_code(case.market)
        if market is None:
            raise GoodwillRefused("The market of this case is not set up.")
        return market.currency
    contract = Contract.objects.filter(pk=contract_id).first()
    if contract is None or contract.customer_id != case.customer_id:
        raise GoodwillRefused("This contract is not of the case's customer.")
    if contract.state not in ("active", "defaulted"):
        raise GoodwillRefused("Nothing is due on this contract: give it as a credit.")
    return contract.currency


def _nothing_new(given: Goodwill, now: datetime) -> None:
    found = _earlier_of(given.case, given.payment_id, now)
    before = {each.code for each in found if each.link != ("goodwill", given.pk)}
    if new := sorted(before - set(given.earlier)):
        raise GoodwillRefused(
            f"Since it was asked for, {', '.join(new)} came about the same. Reject it; if it is due all the "
            "same, it is asked for again."
        )


def _ask(given: Goodwill, reasons: list[str] | tuple[()], by: Actor, now: datetime) -> Approval:
    return approvals.ask(
        GIVE,
        subject=("goodwill", given.pk),
        market=given.market,
        right=RIGHT,
        payload={
            "version": given.version,
            "case_id": given.case_id,
            "contract_id": given.contract_id,
            "amount_minor": given.amount_minor,
        },
        reasons=reasons,
        amount=queries.amount_of(given),
        note=given.note,
        by=by,
        now=now,
    )


def _post(given: Goodwill, by: Actor, now: datetime) -> None:
    parts: list[tuple[int, int]] = []
    if given.contract_id is not None:
        contract = Contract.objects.select_for_update().get(pk=given.contract_id)
        items = [
            contract_rules.Due(item.pk, item.kind, item.due_on, item.amount_minor, item.allocated_minor)
            for item in DueItem.objects.filter(contract_id=contract.pk)
        ]
        parts = contract_rules.allocate(given.amount_minor, contract.state, items)
    done = call(
        "payments_give_goodwill",
        (given.pk, "bigint"),
        (given.market, "text"),
        (given.customer_id, "bigint"),
        (given.contract_id, "bigint"),
        (given.currency, "text"),
        (given.amount_minor, "bigint"),
        ([item for item, _ in parts], "bigint[]"),
        ([minor for _, minor in parts], "bigint[]"),
        (by.label, "text"),
        (now, "timestamptz"),
    )
    if done != given.amount_minor:
        raise GoodwillRefused("The contract owes less than that by now. Give less, or as a credit.")
    given.state, given.given_at = GOODWILL.after("give", given.state), now
    given.version += 1
    given.save(update_fields=["state", "given_at", "approved_by_id", "version"])


def _record(verb: str, given: Goodwill, by: Actor, now: datetime, **changes: object) -> None:
    audit.record(
        verb,
        subject=("case", given.case_id),
        by=by,
        at=now,
        changes={
            "goodwill_id": given.pk,
            "amount_minor": given.amount_minor,
            "currency": given.currency,
            **changes,
        },
        market=given.market,
    )  # fmt: skip
