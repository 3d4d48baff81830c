"""A step is late against what is usual on its own route, and a trace says so with its source."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.test import TestCase
from hypothesis import given, settings
from hypothesis import strategies as st

from paydesk.reporting.routes.actions import measure_routes
from paydesk.reporting.routes.models import RouteNorm
from paydesk.reporting.routes.queries import trace_of
from paydesk.reporting.routes.rules import FEWEST, Norm, Passed, judged, span_words
from paydesk.reporting.routes.tasks import measure_at_night
from tests.builders import WORKER, make_contract, make_source_account, receive, row

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Routes(TestCase):
    def test_what_is_usual_is_measured_per_account_and_method_and_says_which_step_is_late(self):
        account, contract = make_source_account(), make_contract(price_minor=9_000_00, instalments=1)
        reference = contract.account_number
        rows = [
            row(n + 1, "1.00", reference=reference, channel="ussd",
                occurred_at=NOON - timedelta(seconds=60 + n))
            for n in range(FEWEST)
        ]  # fmt: skip
        receive(account, *rows, row(90, "1.00", reference=reference, channel="card"))
        assert measure_routes(by=WORKER, now=NOON) == 2
        norm = RouteNorm.objects.get(channel="ussd", step="received")
        assert (norm.count, norm.half_seconds) == (FEWEST, 70)  # the middle of 60 to 79
        assert 77 <= norm.most_seconds <= 79
        assert not RouteNorm.objects.filter(channel="card").exists()  # one payment says nothing
        assert measure_at_night(NOON + timedelta(hours=1)) == 0

        (slow,) = receive(
            account,
            row(91, "1.00", reference=reference, channel="ussd", occurred_at=NOON - timedelta(hours=5)),
        )
        steps = {step.name: step for step in trace_of(slow, NOON)}
        assert steps["received"].late == "LATE: 5 h; 95 of 100 take up to 1 min here"
        assert steps["received"].source.startswith("row 91 of FIL-")
        assert steps["posted"].source.startswith("JE-")
        assert (steps["applied"].is_done, steps["applied"].late) == (True, "")
        assert steps["settled"].words == "Not swept to our bank yet"

        (lost,) = receive(account, row(92, "1.00", reference="nobody", channel="ussd"))
        waits = {step.name: step for step in trace_of(lost, NOON + timedelta(days=2))}["applied"]
        assert (waits.is_done, waits.words) == (False, "Payer not known: name them")

    def test_where_the_provider_told_a_day_and_no_time_it_was_paid_on_that_day(self):
        told = row(1, "1.00", reference="nobody", occurred_at=None)
        (payment,) = receive(make_source_account(), told)
        paid = trace_of(payment, NOON + timedelta(days=9))[0]
        assert payment.paid_at is None
        assert (paid.is_done, paid.words, paid.at) == (True, "Paid at the provider", payment.value_on)


@settings(max_examples=30, deadline=None)
@given(took=st.integers(0, 400_000), most=st.integers(0, 400_000), is_done=st.booleans())
def test_a_step_is_late_once_it_took_longer_than_95_of_100(took, most, is_done):
    at = NOON + timedelta(seconds=took)
    step = Passed("applied", "Applied", NOON, at if is_done else None)
    (found,) = judged([step], {"applied": Norm(50, most // 2, most)}, at)
    assert bool(found.late) == (took > most)
    assert ("so far" in found.late) == (took > most and not is_done)
    assert judged([step], {}, at)[0].late == ""


def test_spans_are_said_as_people_say_them():
    said = {0: "1 s", 59: "59 s", 60: "1 min", 7_300: "2 h", 86_400: "24 h", 200_000: "2 days"}
    assert {seconds: span_words(seconds) for seconds in said} == said
