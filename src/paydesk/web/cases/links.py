"""What a case is about, as its page shows it: each link with its figures, its trace and what may be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from paydesk.domain.cases.identity import OTHERS
from paydesk.domain.contracts.queries import contract_by_id, contract_list, contracts_of, standings
from paydesk.domain.disputes.queries import contested
from paydesk.domain.payments.queries import payment_by_id, payments, payments_of_customer
from paydesk.domain.refunds.queries import customer_of_case_has_some, refunds
from paydesk.domain.refunds.states import REFUND
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.one_reading import have_read
from paydesk.reporting.routes.queries import trace_of
from paydesk.reporting.routes.rules import TraceStep
from paydesk.web.addresses import code_in, page_of
from paydesk.web.cases.other_cases import case_lines
from paydesk.web.cases.proving import from_case, proof_missing
from paydesk.web.disputes.shown import SEE as SEES_DISPUTES
from paydesk.web.disputes.shown import lines_of as dispute_lines
from paydesk.web.disputes.shown import opens_from
from paydesk.web.goodwill.shown import lines_of as goodwill_lines
from paydesk.web.marketplace.ask_words import LABELS, PAYS_OUT, VERB
from paydesk.web.marketplace.shown import attempt_lines, order_lines, seller_lines, withdrawal_lines
from paydesk.web.payments.acts import CONTESTED
from paydesk.web.payments.shown import shown as shown_payment
from paydesk.web.reconciliation.of_case import exception_lines
from paydesk.web.risk.of_case import enforcement_lines, escalation_lines

if TYPE_CHECKING:
    from paydesk.domain.cases.models import Case, CaseLink

WORDS = {
    "payment": "Payment", "contract": "Contract", "refund": "Refund", "exception": "Exception",
    "link_attempt": "Payment method",
}  # fmt: skip
# Kinds that need no more than a line: (line, amount, badge, id of the customer) by id, for the actor; and
# (label, address, why not) of what may be done, where that does not depend on the case.
LINES: dict[str, Any] = {
    "case": case_lines, "dispute": dispute_lines, "exception": exception_lines,
    "goodwill": goodwill_lines, "escalation": escalation_lines, "enforcement": enforcement_lines,
    "seller": seller_lines, "withdrawal": withdrawal_lines, "order": order_lines,
    "link_attempt": attempt_lines,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LinkAct:
    """What may be done about a link. `needs` says what whoever asks has to prove first: `url` leads there."""

    label: str
    url: str
    key: str = ""
    blocked: str = ""
    needs: str = ""


@dataclass(frozen=True, slots=True)
class ShownLink:
    """One thing a case is about. `badge` is (family, word)."""

    link: CaseLink
    code: str
    url: str
    words: str
    line: str = ""
    amount: Money | None = None
    badge: tuple[str, str] = ("", "")
    trace: Sequence[TraceStep] = ()
    acts: Sequence[LinkAct] = ()
    warning: str = ""
    has_open_money: bool = False  # of the customer of the case, or of nobody known yet

    @property
    def is_proposed(self) -> bool:
        return self.link.state == "proposed"


def shown_links(
    found: Sequence[CaseLink], case: Case, actor: Actor, today: date, side: Mapping[str, Any]
) -> list[ShownLink]:
    """Links in their order; a few queries per kind, none per link but the way of a payment.

    `side` has contracts and payments that were read already: those of the customer.
    """
    ids: dict[str, list[int]] = {}
    for link in found:
        ids.setdefault(link.kind, []).append(link.object_id)
    paid = {each.pk: each for each in side.get("newest", ())}
    if others := [number for number in ids.get("payment", ()) if number not in paid]:
        paid |= payments(actor).in_bulk(others)
    for payment in paid.values():
        have_read(payment_by_id, payment, payment.pk)
    owed = {each.contract.pk: each for each in side.get("owed", ())}
    if others := [number for number in ids.get("contract", ()) if number not in owed]:
        contracts = list(contracts_of_ids(actor, others))
        owed |= {each.contract.pk: each for each in standings(contracts, on=today)}
    for standing in owed.values():
        have_read(contract_by_id, standing.contract, standing.contract.pk)
    going = refunds(actor).in_bulk(ids["refund"]) if "refund" in ids else {}
    lines = {kind: LINES[kind](actor, ids[kind]) for kind in LINES if kind in ids}
    stopped = contested(paid)
    shown = [_shown(link, case, paid, owed, going, lines, stopped) for link in found]
    if actor.may(SEES_DISPUTES):
        shown = [_with_dispute(link, case, stopped) for link in shown]
    return _one_key_each(shown)


def _with_dispute(shown: ShownLink, case: Case, stopped: frozenset[int]) -> ShownLink:
    """A payment with the button that opens its dispute; none where it is contested already."""
    number = shown.link.object_id
    if shown.link.kind != "payment" or shown.amount is None or number in stopped:
        return shown
    return replace(shown, acts=[*shown.acts, LinkAct("Dispute…", from_case(opens_from(number), case))])


def _one_key_each(links: list[ShownLink]) -> list[ShownLink]:
    """A key stands on the first button alone that has it."""
    taken: set[str] = set()
    for place, link in enumerate(links):
        acts = [replace(act, key="" if act.key in taken else act.key) for act in link.acts]
        taken |= {act.key for act in acts if act.key and not act.blocked}
        links[place] = replace(link, acts=acts)
    return links


def contracts_of_ids(actor: Actor, ids: Sequence[int]) -> Any:
    """Contracts by id, as far as the actor sees them."""
    return contract_list(actor).filter(pk__in=list(ids)) if ids else ()


def _shown(
    link: CaseLink, case: Case, paid: Any, owed: Any, going: Any, lines: Any, stopped: frozenset[int]
) -> ShownLink:
    known = {
        "code": code_in(link.kind, link.object_id), "url": page_of(link.kind, link.object_id),
        "words": WORDS.get(link.kind, link.kind.capitalize()),
    }  # fmt: skip
    if link.kind == "payment" and link.object_id in paid:
        payment = paid[link.object_id]
        each = shown_payment(payment)
        return ShownLink(
            link, **known, line=payment.statement_line.provider_ref or payment.source_account.name,
            amount=each.amount, badge=(each.where.family, each.where.word),
            trace=trace_of(payment, timezone.now()),
            acts=_acts(case, payment, payment.pk in stopped), warning=_warning(case, payment.customer_id),
            has_open_money=bool(
                payment.state == "received" and payment.open_minor and case.customer_id is not None
                and payment.customer_id in (None, case.customer_id)
            ),
        )  # fmt: skip
    if link.kind == "contract" and link.object_id in owed:
        standing = owed[link.object_id]
        contract = standing.contract
        days = standing.days_past_due
        late = _("%(n)s days past due") % {"n": days} if days else _("nothing past due")
        return ShownLink(
            link, **known, line=_("Account %(number)s, %(late)s")
            % {"number": contract.account_number, "late": late},
            amount=Money(standing.open_minor, contract.currency), badge=("", ""),
            acts=_acts_of_contract(case, contract),
            warning=_warning(case, contract.customer_id),
        )  # fmt: skip
    if link.kind == "refund" and link.object_id in going:
        refund = going[link.object_id]
        return ShownLink(
            link, **known, line="", amount=Money(refund.amount_minor, refund.currency),
            badge=(REFUND.family(refund.state), refund.state), acts=_acts_of_refund(case, refund),
            warning=_warning(case, refund.customer_id),
        )  # fmt: skip
    if link.object_id in lines.get(link.kind, ()):
        line, amount, badge, owner_id, *own_acts = lines[link.kind][link.object_id]
        warning = _warning(case, owner_id)
        acts = _acts_of_seller(case, link, badge)
        for label, address, blocked in own_acts[0] if own_acts else ():
            acts.append(LinkAct(label, from_case(address, case), blocked=blocked))
        return ShownLink(link, **known, line=line, amount=amount, badge=badge, warning=warning, acts=acts)
    return ShownLink(link, **known, line="not to be seen by you")


def _warning(case: Case, owner_id: int | None) -> str:
    if _other(case, owner_id):
        return "Of another customer than this case: tell nothing of it before you know why."
    return ""


def _other(case: Case, owner_id: int | None) -> str:
    """Why nothing is done with it for them: it is another customer's."""
    return OTHERS if owner_id is not None and case.customer_id not in (None, owner_id) else ""


def _acts_of_contract(case: Case, contract: Any) -> list[LinkAct]:
    """What may be done about a contract from its case."""
    return [LinkAct("Pay link…", reverse("cases:pay_link", args=[code_in("case", case.pk), contract.pk]))]


def _acts(case: Case, payment: Any, is_contested: bool) -> list[LinkAct]:
    """What may be done about a payment from its case, for whoever is known as well as it needs."""
    acts: list[LinkAct] = []
    if payment.state != "received":
        return acts
    is_known = payment.customer_id is not None
    other = _other(case, payment.customer_id)
    if payment.open_minor:
        verb = "payment.apply" if is_known else "payment.name_payer"
        acts.append(_asked(case, "Apply…", verb, reverse("payments:apply", args=[payment.pk]), "y", other))
    refund = reverse("refunds:ask", args=[payment.pk])
    why_not = other or (CONTESTED if is_contested else "")
    acts.append(_asked(case, "Refund…", "refund.request", refund, "f", why_not))
    if is_known and not (payment.reserved_minor or payment.refunded_minor):
        acts.append(_asked(case, "Move…", "payment.move", reverse("payments:move", args=[payment.pk]), ""))
    return acts


def _acts_of_refund(case: Case, refund: Any) -> list[LinkAct]:
    """A refund that failed goes to another payee, where whoever asks is known well enough."""
    if not REFUND.may("change_payee", refund.state):
        return []
    address = reverse("refunds:payee", args=[code_in("refund", refund.pk)])
    other = _other(case, refund.customer_id)
    return [_asked(case, "Another payee…", "refund.change_payee", address, "", other)]


def _acts_of_seller(case: Case, link: CaseLink, badge: tuple[str, str]) -> list[LinkAct]:
    """A withdrawal that failed is asked for again, of one on its way the platform is asked where it is; money
    of a seller is held back or set free."""
    here = {
        ("withdrawal", "failed"): ("again",), ("withdrawal", "in transit"): ("where",),
        ("seller", ""): ("hold", "release"),
    }.get((link.kind, badge[1]), ())  # fmt: skip
    acts = []
    for kind in here:
        address = reverse("marketplace:ask", args=[kind, code_in(link.kind, link.object_id)])
        if kind in PAYS_OUT:
            acts.append(_asked(case, LABELS[kind], VERB, address, ""))
        else:
            acts.append(LinkAct(LABELS[kind], from_case(address, case)))
    return acts


def _asked(case: Case, label: str, verb: str, address: str, key: str, other: str = "") -> LinkAct:
    """`other` is why it is not done for them however well they are known."""
    if other:
        return LinkAct(label, "", key, other)
    missing = proof_missing(case, verb)
    if missing is None:
        return LinkAct(label, from_case(address, case), key)
    return LinkAct(label, missing.url, key, "" if missing.url else missing.why, missing.why)


def owners_of(found: Sequence[CaseLink], actor: Actor) -> list[tuple[str, str]]:
    """(code, name) of the customers of what a case is about, each once; two queries."""
    ids: dict[str, list[int]] = {"payment": [], "contract": []}
    for link in found:
        ids.setdefault(link.kind, []).append(link.object_id)
    paid = payments(actor).filter(pk__in=ids["payment"]) if ids["payment"] else ()
    owners = [each.customer for each in (*paid, *contracts_of_ids(actor, ids["contract"]))]
    known = {owner.pk: owner.name for owner in owners if owner is not None}
    return [(code_in("customer", pk), name) for pk, name in known.items()]


def of_customer(case: Case, actor: Actor, today: date) -> dict[str, Any]:
    """The side pane: contracts with what is owed, the newest payments, open refunds; four queries.

    `owed` has every contract, `newest` the payments as they were read.
    """
    if case.customer is None:
        return {}
    owed = standings(list(contracts_of(actor, [case.customer.pk])), on=today)
    newest = list(payments_of_customer(actor, case.customer)[:6])
    newest_refunds = refunds(actor).filter(customer_id=case.customer.pk).order_by("-id")[:4]
    going = list(newest_refunds) if customer_of_case_has_some(case.pk) else []
    return {
        "owed": owed,
        "newest": newest,
        "contracts": [
            (
                each,
                Money(each.open_minor, each.contract.currency),
                Money(each.overdue_minor, each.contract.currency),
            )
            for each in owed[:5]
        ],
        "payments": [shown_payment(each, frozenset()) for each in newest],
        "refunds": [
            (
                each,
                code_in("refund", each.pk),
                Money(each.amount_minor, each.currency),
                REFUND.family(each.state),
            )
            for each in going
        ],
    }
