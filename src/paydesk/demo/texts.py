"""Text messages of the demo company: nothing leaves it, a code is shown to whoever sends it. All invented."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from paydesk.domain.cases.models import Case
from paydesk.domain.cases.states import OPEN
from paydesk.domain.text_messages import actions
from paydesk.domain.text_messages.queries import phones_of
from paydesk.domain.text_messages.rules import DEMO
from paydesk.kernel.actor import Actor, system

PRICES = {"GHS": Decimal("0.0400"), "KES": Decimal("0.8000"), "NGN": Decimal("4.0000")}
BY = system("demo")
NOTICE = "Your payment arrived and is on your account. Thank you for your patience."


def texts_of_the_morning(market: str, by: Actor, at: datetime) -> None:
    """A gateway that sends nothing; a code that was read back, a notice to somebody who wants them."""
    gateway = actions.add_gateway(
        kind=DEMO, name="Demo gateway", market=market, sender="PAYDESK", price=Decimal("0.0400"),
        most_cost_day=Decimal("20.0000"), by=BY, now=at - timedelta(days=20),
    )  # fmt: skip
    price = PRICES.get(gateway.currency, gateway.price)
    actions.set_caps(
        gateway.pk, price=price, most_per_hour=4, most_cost_day=500 * price, by=BY,
        now=at - timedelta(days=20),
    )  # fmt: skip
    known = Case.objects.filter(
        market=market, state__in=OPEN, customer__phones__isnull=False, level="two_facts"
    ).order_by("pk").distinct()  # fmt: skip
    for n, case in enumerate(known[:2]):
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
