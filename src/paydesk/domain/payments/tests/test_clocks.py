"""The identification clock of suspense: started when money comes in, met when its payer is named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from paydesk.domain.payments.actions import apply_payment
from paydesk.domain.payments.clocks import (
    IDENTIFICATION,
    STALE_PENDING,
    catch_up_identification_clocks,
    start_identification_clocks,
)
from paydesk.domain.payments.models import Payment
from paydesk.foundation.clocks import steps
from paydesk.foundation.clocks.actions import fire_escalations
from paydesk.foundation.clocks.models import Clock
from paydesk.foundation.clocks.queries import state_at
from tests.builders import ANALYST, NOON, WORKER, make_contract, make_source_account, receive, row


def clock_of(payment: Payment) -> Clock:
    return Clock.objects.get(subject_kind="payment", subject_id=payment.pk)


class Identification(TestCase):
    def setUp(self) -> None:
        self.account = make_source_account()
        self.contract = make_contract(account_number="10482937")

    def unknown(self, **options) -> Payment:
        (payment,) = receive(self.account, row(1, "9.00", reference="who?"), **options)
        return payment

    def identify(self, payment: Payment, now: datetime) -> None:
        apply_payment(
            payment.pk, customer_id=self.contract.customer_id, contract_id=None, by=ANALYST, now=now
        )

    def test_money_without_a_payer_gets_one_business_day_and_known_money_no_clock(self):
        known, unknown = receive(
            self.account, row(1, "50.00", reference="10482937"), row(2, "9.00", reference="who?")
        )
        assert clock_of(unknown).due_at == datetime(2026, 3, 3, 17, tzinfo=UTC), "Tuesday's closing time"
        assert not Clock.objects.filter(subject_id=known.pk).exists()

    def test_it_starts_when_the_money_reached_us_also_for_an_old_row(self):
        friday_night = datetime(2026, 3, 6, 22, tzinfo=UTC)
        payment = self.unknown(now=friday_night)
        assert clock_of(payment).start_at == friday_night
        assert clock_of(payment).due_at == datetime(2026, 3, 10, 17, tzinfo=UTC)

    def test_naming_the_payer_in_time_meets_it_and_later_is_a_breach(self):
        quick, slow = self.unknown(), self.unknown()
        self.identify(quick, NOON + timedelta(hours=3))
        self.identify(slow, NOON + timedelta(days=3))
        states = [state_at(clock_of(payment), NOON + timedelta(days=9)) for payment in (quick, slow)]
        assert states == ["met", "breached"]

    def test_a_clock_costs_nothing_when_nothing_is_in_suspense_and_a_few_queries_however_much_is(self):
        unknown = [(payment.market, payment.pk) for payment in (self.unknown() for _ in range(6))]
        Clock.objects.all().delete()
        with self.assertNumQueries(0):
            assert start_identification_clocks([], NOON) == 0
        for few in (unknown[:1], unknown[1:]):
            with CaptureQueriesContext(connection) as captured:
                assert start_identification_clocks(few, NOON) == len(few)
            assert len(captured) == 5, "with the savepoint of a test"

    def test_what_the_clocks_missed_is_caught_up_with(self):
        old, named = self.unknown(), self.unknown()
        Clock.objects.all().delete()
        assert catch_up_identification_clocks(NOON + timedelta(days=4)) == 2
        assert clock_of(old).start_at == old.received_at
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE payments_payment SET customer_id = %s WHERE id = %s",
                [self.contract.customer_id, named.pk],
            )
        assert catch_up_identification_clocks(NOON + timedelta(days=4)) == 1
        assert state_at(clock_of(named), NOON + timedelta(days=4)) == "breached"
        assert catch_up_identification_clocks(NOON + timedelta(days=4)) == 0


class StalePending(TestCase):
    def test_silence_is_asked_about_after_2_and_15_minutes_and_an_hour_also_at_night(self):
        night = datetime(2026, 3, 8, 2, tzinfo=UTC)
        with transaction.atomic():
            steps.start_clocks(STALE_PENDING, "pending_payment", {1: night}, market="KE", now=night)
        told: list[dict] = []
        seen = []
        for minutes in (1, 2, 14, 15, 59, 60, 61):
            told.clear()
            fire_escalations(announce=told.extend, by=WORKER, now=night + timedelta(minutes=minutes))
            seen.append([(each["step"], each["subject_id"]) for each in told])
        assert seen == [[], [("2_min", 1)], [], [("15_min", 1)], [], [("1_h", 1)], []]
        assert Clock.objects.get().kind != IDENTIFICATION
