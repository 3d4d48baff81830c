"""Cases per 1,000 payments by provider, method and cause; every figure has its rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.models import Case
from paydesk.foundation.people.authority import rights_of
from paydesk.kernel.actor import Actor
from paydesk.reporting.causes.queries import (
    Asked,
    Cause,
    by_week,
    causes,
    figures,
    payments_in,
    per_million,
    rows_behind,
)
from tests.builders import WORKER, make_source_account, receive, row

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
AGENT = Actor("person", 970_001, "Agent", rights_of(["SU"]), frozenset({"GH"}))
KENYAN = Actor("person", 970_002, "Agent", rights_of(["SU"]), frozenset({"KE"}))
MARCH = Asked(date(2026, 3, 1), date(2026, 3, 14))


class Causes(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.account = make_source_account()
        wallet = [row(n, "5.00", provider_ref=f"MPWAL{n}", channel="MTN") for n in range(1, 5)]
        plain = [row(n, "5.00", provider_ref=f"MPPLA{n}") for n in range(11, 13)]
        receive(cls.account, *wallet, *plain)
        for number, (text, cause) in enumerate(
            [("MPWAL1", "provider_outage"), ("MPWAL2", "provider_outage"), ("MPWAL3", ""), ("MPPLA11", "fx"),
             ("no code", "fx")]
        ):  # fmt: skip
            now = NOON + timedelta(days=2 * number)
            case = cases.open_case(
                market="GH", channel="email", text=text, contact=f"{number}@example.com", by=WORKER, now=now
            )
            if cause:
                cases.sort_case(case.pk, root_cause=cause, category="other.general", by=AGENT, now=now)

    def test_cases_are_held_against_the_payments_that_came_the_same_way_in_one_query(self):
        with CaptureQueriesContext(connection) as asked:
            found = causes(AGENT, MARCH)
        assert len(asked) == 1
        provider = self.account.provider_id
        assert found == [
            Cause(provider, "Momo", "mtn", "provider_outage", 2, 4),
            Cause(0, "", "", "fx", 1, 0),
            Cause(provider, "Momo", "mobile_money", "fx", 1, 2),
            Cause(provider, "Momo", "mtn", "", 1, 4),
        ]
        assert [each.per_thousand for each in found[:2]] == [Decimal("500.00"), None]
        assert figures(found) == (5, 4)
        assert payments_in(AGENT, MARCH) == 6
        assert per_million(AGENT, Asked(MARCH.since, MARCH.until, cause="fx")) == 333_333

    def test_every_figure_has_exactly_its_rows(self):
        for each in causes(AGENT, MARCH):
            asked = Asked(
                MARCH.since, MARCH.until, provider_id=each.provider_id, method=each.method, cause=each.cause
            )
            behind = rows_behind(AGENT, asked)
            assert behind.count() == each.cases, each
            assert {case.root_cause for case in behind} == {each.cause}
        narrowed = Asked(
            MARCH.since, MARCH.until, provider_id=self.account.provider_id, category="other.general"
        )
        assert (
            sum(each.cases for each in causes(AGENT, narrowed)) == rows_behind(AGENT, narrowed).count() == 3
        )

    def test_by_week_and_only_in_ones_own_markets_and_merged_ones_count_once(self):
        assert [(each.cause, each.by_week) for each in by_week(AGENT, MARCH)] == [
            ("fx", (0, 1, 1)), ("provider_outage", (0, 2, 0)), ("", (0, 1, 0)),
        ]  # fmt: skip
        assert causes(KENYAN, MARCH) == [] == by_week(KENYAN, MARCH)
        assert per_million(KENYAN, MARCH) is None
        outage = Case.objects.filter(root_cause="provider_outage").order_by("pk")
        Case.objects.filter(pk=outage[0].pk).update(state="merged", merged_into=outage[1])
        assert causes(AGENT, MARCH)[-1].cases == 1
        assert sum(each.cases for each in causes(AGENT, MARCH)) == 4
