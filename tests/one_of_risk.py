"""One escalation, hold, pack, legal hold, wish and redaction, made by the verbs of the desk."""

from __future__ import annotations

from datetime import datetime, timedelta

from paydesk.domain.cases.models import Case
from paydesk.domain.payments.models import Payment
from paydesk.domain.retention import actions as retention
from paydesk.domain.retention.models import Erasure
from paydesk.domain.risk import actions as risk
from paydesk.foundation.people.models import Person
from paydesk.kernel.public_codes import code_of


def one_of_risk(
    people: dict[str, Person], case: Case, payment: Payment, now: datetime
) -> tuple[dict[str, str], dict[str, int]]:
    """(codes by kind, ids by the name of a route's argument)."""
    support, officer = people["SU"].actor(), people["RK"].actor()
    escalation = risk.escalate(
        ("case", case.pk), market=case.market, kind="risk", severity="high", owner_id=people["RK"].pk,
        reason="A payer says it was not them.", by=support, now=now,
    )  # fmt: skip
    risk.enforce(
        market=case.market, party_kind="payer_phone", party="233200000001", kind="block",
        scope="identification", reason="stolen_money", note="x", expires_at=now + timedelta(days=3),
        by=officer, now=now,
    )  # fmt: skip
    pack = retention.ask_for_pack("evidence", ("case", case.pk), reason="For risk", by=officer, now=now)
    hold = retention.place_hold(("case", case.pk), reason="Asked for by a court.", by=officer, now=now)
    taken_out = retention.redact_words(
        case.messages.order_by("id")[0].pk, words=case.messages.order_by("id")[0].text[:20],
        reason="A reason", by=support, now=now,
    )  # fmt: skip
    assert payment.customer_id is not None
    wish = Erasure.objects.create(
        market=payment.market, customer_id=payment.customer_id, reason="By letter", asked_by="person:0",
        asked_at=now,
    )  # fmt: skip
    codes = {"escalation": code_of("ESC", escalation.pk), "risk_case": code_of("CAS", case.pk)}
    ids = {"pack_id": pack.pk, "hold_id": hold.pk, "redaction_id": taken_out.pk, "erasure_id": wish.pk}
    return codes, ids
