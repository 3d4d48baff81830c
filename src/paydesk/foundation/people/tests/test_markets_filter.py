"""Lists hold only what belongs to the markets of whoever looks."""

import pytest

from paydesk.foundation.people.models import Market
from paydesk.foundation.people.queries import in_markets, markets_of
from paydesk.kernel.actor import Actor, system


@pytest.fixture
def three_markets(db):
    for code, name in (("GH", "Ghana"), ("KE", "Kenya"), ("NG", "Nigeria")):
        Market.objects.create(
            code=code, name=name, currency=f"{code}S", time_zone="UTC", calendar_country=code
        )


def somebody(*markets: str) -> Actor:
    return Actor("person", 1, "Somebody", markets=frozenset(markets))


def test_only_rows_of_ones_own_markets(three_markets):
    assert [m.code for m in markets_of(somebody("KE", "GH"))] == ["GH", "KE"]
    assert [m.code for m in in_markets(Market.objects.all(), somebody("NG"), field="calendar_country")] == [
        "NG"
    ]


def test_no_market_is_no_row_and_all_markets_every_row(three_markets):
    assert list(markets_of(somebody())) == []
    assert len(markets_of(Actor("person", 1, "Everywhere"))) == 3
    assert len(markets_of(system("worker"))) == 3
