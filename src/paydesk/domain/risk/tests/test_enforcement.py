"""Holds, blocks and limits: who asks, sets and lifts; when they end; appeals; what they stop."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import TestCase
from django.utils import timezone

from paydesk.domain.cases import actions as cases
from paydesk.domain.payments.actions import apply_payment
from paydesk.domain.payments.applicable import ApplyRefused
from paydesk.domain.payments.queries import story_of
from paydesk.domain.refunds.actions import approve_refund, approve_release, request_refund, request_release
from paydesk.domain.refunds.steps import RefundRefused
from paydesk.domain.risk import actions, queries, rules
from paydesk.domain.risk.actions.enforcing import EnforcementRefused
from paydesk.domain.risk.models import Enforcement
from paydesk.foundation.approvals.models import Approval
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import NotAllowedRefused, TransitionRefused
from tests.browser.people import make_person
from tests.builders import NOON, WORKER, ghs, make_contract, make_source_account, receive_today, row

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


class WhatItStops(TestCase):
    """Refunds stay, and payments of a stopped phone name nobody, until risk lets go."""

    def test_a_held_customers_refund_does_not_go_out(self) -> None:
        by = {role: make_person(f"{role} Person", role, markets="GH").actor() for role in
              ("SU", "AN", "TL", "FC", "RK")}  # fmt: skip
        account = make_source_account()
        contract = make_contract()
        (payment,) = receive_today(account, row(1, "60.00", reference=contract.account_number))
        now = timezone.now()
        refund = request_refund(
            payment.pk, amount=ghs("5.00"), reason="overpaid", note="x", payee_kind="payer",
            payee_name="Ama", payee_account=PHONE, rail="mobile_money", by=by["SU"], now=now,
        )  # fmt: skip
        approve_refund(Approval.objects.latest("pk").pk, by=by["TL"], now=now)
        held = {
            "market": "GH", "party_kind": "customer", "party": contract.customer_id, "kind": "hold",
            "scope": "money_out", "reason": "fraud_suspected", "note": "x",
            "expires_at": now + timedelta(days=2),
        }  # fmt: skip
        release = {"source_account_id": account.pk, "format": "mobile_money_csv"}
        request_release([refund.pk], **release, by=by["AN"], now=now)
        actions.enforce(**held, by=by["RK"], now=now)  # type: ignore[arg-type]
        with pytest.raises(RefundRefused, match="under a hold by risk"):
            approve_release(Approval.objects.latest("pk").pk, by=by["FC"], now=now)
        approve_release(Approval.objects.latest("pk").pk, by=by["FC"], now=now + timedelta(days=3))

    def test_a_stopped_phone_names_nobody_not_by_hand_either(self) -> None:
        risk, analyst = (
            make_person("RK Person", "RK", markets="GH").actor(),
            make_person("AN Person", "AN").actor(),
        )
        contract = make_contract(phones=(PHONE,))
        account, now = make_source_account(), timezone.now()
        actions.enforce(
            market="GH", party_kind="payer_phone", party=PHONE, kind="block", scope="identification",
            reason="stolen_money", note="x", expires_at=now + timedelta(days=2), by=risk, now=now,
        )  # fmt: skip
        stopped, free = receive_today(
            account,
            row(1, "20.00", reference=contract.account_number, msisdn=PHONE),
            row(2, "20.00", reference=contract.account_number, msisdn="233244000000"),
        )
        assert (stopped.customer_id, stopped.rule, stopped.open_minor) == (None, "payer_blocked", 20_00)
        assert free.customer_id == contract.customer_id
        assert "risk has stopped" in story_of(stopped).why
        said = {"customer_id": contract.customer_id, "contract_id": contract.pk, "by": analyst}
        with pytest.raises(ApplyRefused, match="under a block by risk"):
            apply_payment(stopped.pk, **said, now=now)  # type: ignore[arg-type]
        applied = apply_payment(stopped.pk, **said, now=now + timedelta(days=3))  # type: ignore[arg-type]
        assert applied.customer_id == contract.customer_id
        actions.enforce(
            market="GH", party_kind="contract", party=contract.pk, kind="hold", scope="all",
            reason="identity", note="x", expires_at=now + timedelta(days=2), by=risk, now=now,
        )  # fmt: skip
        (lost,) = receive_today(account, row(3, "10.00", reference="no such"))
        with pytest.raises(ApplyRefused, match="Contract under a hold by risk"):
            apply_payment(lost.pk, **said, now=now)  # type: ignore[arg-type]
