"""Text messages of the demo company: nothing leaves it, a code is shown to whoever sends it. All invented."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from paydesk.domain.cases.models import Case
from paydesk.domain.cases.states import OPEN
from paydesk.domain.text_messages import actions
from paydesk.domain.text_messages.queries import phones_of
from paydesk.domain.text_messages.rules import DEMO
from paydesk.foundation.people.models import Market
from paydesk.kernel.actor import Actor, system

PRICES = {"GHS": Decimal("0.0400"), "KES": Decimal("0.8000"), "NGN": Decimal("4.0000")}
BY = system("demo")
NOTICE = "Your payment arrived and is on your account. Thank you for your patience."


def texts_of_the_morning(by: Actor, at: datetime) -> None:
    """A gateway in each market that sends nothing; a code that was read back, one that is out, a notice."""
    for code, currency in Market.objects.order_by("code").values_list("code", "currency"):
        price = PRICES.get(currency, Decimal("0.0100"))
        actions.add_gateway(
            kind=DEMO, name=f"Demo gateway {code}", market=code, sender="PAYDESK", price=price,
            most_cost_day=500 * price, by=BY, now=at - timedelta(days=20),
        )  # fmt: skip
    known = Case.objects.filter(state__in=OPEN, customer__phones__isnull=False, level="two_facts")
    for n, case in enumerate(known.order_by("pk").distinct()[:2]):
        phone, now = phones_of(case)[0], at - timedelta(minutes=9 - 4 * n)
        _, code = actions.send_code(case.pk, phone_id=phone.pk, by=by, now=now)
        actions.send_due(by=BY, now=now)
        if n:
            continue
        actions.check_code(case.pk, code=code, channel="phone", by=by, now=now + timedelta(minutes=1))
        actions.note_wish(case.pk, wants=True, by=by, now=now + timedelta(minutes=1))
        case.refresh_from_db()
        actions.send_notice(
            case.pk, phone_id=phone.pk, text=NOTICE, sent_key="demo-notice", version=case.version, by=by,
            now=now + timedelta(minutes=2),
        )  # fmt: skip
    actions.send_due(by=BY, now=at)
