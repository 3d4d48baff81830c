"""Holds, blocks and limits: who asks, sets and lifts; when they end; how they are appealed; what they stop."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import TestCase

from paydesk.domain.cases import actions as cases
from paydesk.domain.risk import actions, queries, rules
from paydesk.domain.risk.actions.enforcing import EnforcementRefused
from paydesk.domain.risk.models import Enforcement
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import NotAllowedRefused, TransitionRefused
from tests.browser.people import make_person
from tests.builders import NOON, WORKER, ghs, make_contract

LATER = NOON + timedelta(days=10)
PHONE = "233244123456"


def measure(**fields: Any) -> rules.Measure:
    known: dict[str, Any] = {
        "number": 1, "kind": "hold", "scope": "money_out", "reason": "fraud_suspected", "limit_minor": None,
        "currency": "", "expires_at": LATER,
    }  # fmt: skip
    return rules.Measure(**{**known, **fields})


@pytest.mark.parametrize(
    ("fields", "act", "amount", "stops"),
    [
        ({}, "refund", 1, True),
        ({}, "payout", 1, True),
        ({}, "identify", 1, False),
        ({"scope": "all"}, "identify", 1, True),
        ({"expires_at": NOON}, "refund", 1, False),
        ({"kind": "limit", "limit_minor": 100, "currency": "GHS"}, "refund", 100, False),
        ({"kind": "limit", "limit_minor": 100, "currency": "GHS"}, "refund", 101, True),
        ({"kind": "limit", "limit_minor": 100, "currency": "KES"}, "refund", 1, True),
    ],
)
def test_what_a_measure_stops(fields: dict[str, Any], act: str, amount: int, stops: bool) -> None:
    found = rules.why_stopped([measure(**fields)], act, now=NOON, amount_minor=amount, currency="GHS")
    assert (found is not None) is stops


class Enforcing(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.by: dict[str, Actor] = {
            name: make_person(f"{name} Person", name[:2], markets="GH").actor()
            for name in ("SU", "AU", "RK", "RK2")
        }
        cls.customer_id = make_contract(customer_name="Ama Mensah").customer_id

    def enforced(self, name: str = "RK", **fields: Any) -> Enforcement:
        known: dict[str, Any] = {
            "market": "GH", "party_kind": "customer", "party": self.customer_id, "kind": "hold",
            "scope": "money_out", "reason": "fraud_suspected", "note": "Three wallets, one device.",
            "expires_at": LATER,
        }  # fmt: skip
        return actions.enforce(**{**known, **fields}, by=self.by[name], now=NOON)

    def stopped(self, act: str = "refund", at: Any = NOON) -> str:
        return queries.why_stopped([("customer", self.customer_id)], act, now=at, amount=ghs("1.00"))

    def test_support_asks_risk_sets_and_another_of_risk_lifts(self) -> None:
        asked = self.enforced("SU")
        assert (asked.state, self.stopped()) == ("asked", "")
        with pytest.raises(NotAllowedRefused):
            actions.set_enforcement(asked.pk, by=self.by["SU"], now=NOON)
        actions.set_enforcement(asked.pk, by=self.by["RK"], now=NOON)
        assert "under a hold by risk" in self.stopped()
        assert "wallets" not in self.stopped(), "what was written about the person is told to nobody"
        actions.ask_to_lift(asked.pk, reason="Identity proved", by=self.by["SU"], now=NOON)
        with pytest.raises(EnforcementRefused, match="You set it"):
            actions.lift(asked.pk, by=self.by["RK"], now=NOON)
        lifted = actions.lift(asked.pk, by=self.by["RK2"], now=NOON)
        assert (lifted.state, lifted.lift_reason, self.stopped()) == ("lifted", "Identity proved", "")
        with pytest.raises(TransitionRefused):
            actions.lift(asked.pk, reason="again", by=self.by["RK2"], now=NOON)

    def test_who_asks_to_lift_is_not_the_second_person(self) -> None:
        each = self.enforced()
        actions.ask_to_lift(each.pk, reason="It is enough", by=self.by["RK2"], now=NOON)
        with pytest.raises(EnforcementRefused, match="You asked to lift it"):
            actions.lift(each.pk, by=self.by["RK2"], now=NOON)

    def test_it_ends_by_its_day_also_before_the_worker_comes(self) -> None:
        each = self.enforced()
        assert self.stopped(at=LATER) == ""
        assert actions.expire_enforcement(by=WORKER, now=NOON) == 0
        assert actions.expire_enforcement(by=WORKER, now=LATER) == 1
        each.refresh_from_db()
        assert each.state == "expired"

    def test_an_appeal_is_decided_by_somebody_else_and_granted_it_is_lifted(self) -> None:
        each = self.enforced()
        case = cases.open_case(
            market="GH", channel="phone", text="Why is it held?", customer_id=self.customer_id, by=WORKER,
            now=NOON,
        )  # fmt: skip
        actions.appeal(each.pk, case_id=case.pk, by=self.by["SU"], now=NOON)
        assert case.links.filter(kind="enforcement", object_id=each.pk, state="confirmed").exists()
        with pytest.raises(EnforcementRefused, match="You set it"):
            actions.decide_appeal(each.pk, granted=True, note="They are right.", by=self.by["RK"], now=NOON)
        each = actions.decide_appeal(
            each.pk, granted=True, note="They are right.", by=self.by["RK2"], now=NOON
        )
        assert (each.appeal, each.state) == ("granted", "lifted")

    def test_what_is_refused_changes_nothing(self) -> None:
        for fields, text in (
            ({"expires_at": NOON}, "end within"),
            ({"expires_at": NOON + timedelta(days=400)}, "end within"),
            ({"note": " "}, "Say what happened"),
            ({"kind": "limit"}, "needs its amount"),
            ({"limit": ghs("5.00")}, "Only a limit"),
            ({"party_kind": "payer_phone", "party": PHONE}, "stopped at naming"),
            ({"party_kind": "payer_phone", "scope": "identification"}, "by its number"),
            ({"party": self.customer_id + 1}, "no such customer"),
        ):
            with pytest.raises(EnforcementRefused, match=text):
                self.enforced(**fields)
        with pytest.raises(NotAllowedRefused):
            self.enforced("AU")
        assert not Enforcement.objects.exists()
        self.enforced()
        with pytest.raises(EnforcementRefused, match="in force already"):
            self.enforced()
