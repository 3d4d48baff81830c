"""The doors of the demo company: a form, a chat, a telephone system, and what came through them this morning.

Names, numbers and words are invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from paydesk.demo.texts import texts_of_the_morning
from paydesk.domain.cases.actions import link, sort_case, verify
from paydesk.domain.cases.models import Case
from paydesk.domain.cases.queries import link_pairs
from paydesk.domain.cases.states import OPEN
from paydesk.domain.doors import actions
from paydesk.domain.payments.models import Payment
from paydesk.kernel.actor import Actor, system
from paydesk.kernel.money import Money

DEMO = system("demo")
CHATS = (
    ("Good morning! I paid {amount} and the phone is still locked. What can I do?", "mary@mail.example"),
    ("Bonjour, j'ai payé {amount}, code {code}. Où est mon paiement ?", ""),
)
MOST_PAGES = 6


def doors_of_the_morning(people: Mapping[str, Actor], at: datetime) -> int:
    """Doors in the market of most payments, two chats, three calls, status pages; returns how many doors."""
    newest = Payment.objects.filter(state="received").order_by("-pk").select_related("statement_line")[:4]
    paid = list(newest)
    if not paid:
        return 0
    market = paid[0].market
    opened = {
        kind: actions.add_door(kind=kind, name=name, market=market, by=DEMO, now=at - timedelta(days=20))[0]
        for kind, name in (("form", "Web form"), ("chat", "Chat of the shop"), ("phone", "Telephone system"))
    }
    for n, (text, contact) in enumerate(CHATS):
        payment = paid[n % len(paid)]
        said = text.format(
            amount=Money(payment.amount_minor, payment.currency), code=payment.statement_line.provider_ref
        )
        heard = at - timedelta(minutes=6 + n)
        chat, _ = actions.begin_chat(opened["chat"], language=("en", "fr")[n % 2], by=DEMO, now=heard)
        actions.say_in_chat(chat, client_key=f"demo-{n}", text=said, contact=contact, by=DEMO, now=heard)
    for n, payment in enumerate(paid[:3]):
        rang = at - timedelta(minutes=40 + 25 * n)
        told = {"call_id": f"demo-{n}", "number": payment.statement_line.msisdn, "by": DEMO}
        for seconds, event in ((0, "ringing"), (9, "answered"), (200, "ended")):
            if n or event != "answered":  # the first was missed
                now = rang + timedelta(seconds=seconds)
                actions.announce_call(opened["phone"], event=event, now=now, **told)
    _status_pages(people["SU"], at)
    texts_of_the_morning(people["SU"], at)
    return len(opened)


def _status_pages(by: Actor, at: datetime) -> None:
    """Pages given to people who proved who they are; some looked, the last not yet."""
    given = 0
    for case in Case.objects.filter(state__in=OPEN).order_by("pk"):
        payment = _paid(case)
        if payment is None or given >= MOST_PAGES:
            continue
        now = min(case.opened_at + timedelta(minutes=50), at)
        link(case.pk, kind="payment", object_id=payment.pk, by=by, now=now)
        sort_case(case.pk, customer_id=payment.customer_id, party_role="customer", by=by, now=now)
        verify(case.pk, facts=["account_number", "transaction_code"], by=by, now=now)
        page = actions.give_status_page(case.pk, kind="payment", object_id=payment.pk, by=by, now=now)
        if given % 3 != 2:
            device = ("phone", "phone", "computer")[given % 3]
            actions.note_visit(page.pk, device=device, by=DEMO, now=min(now + timedelta(hours=3), at))
        given += 1


def _paid(case: Case) -> Payment | None:
    """The payment that a case is about, where its customer is known."""
    paid = [number for kind, number in link_pairs(case.pk, confirmed=False) if kind == "payment"]
    return Payment.objects.filter(pk__in=paid, customer__isnull=False, market=case.market).first()
