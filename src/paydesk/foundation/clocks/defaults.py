"""What holds before anybody set anything: office hours and public holidays per market; round the clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import holidays

from paydesk.foundation.clocks.kinds import ROUND_THE_CLOCK
from paydesk.foundation.people.models import Market
from paydesk.kernel.business_time import WEEKDAYS

OFFICE_HOURS = {day: ["08:00-17:00"] for day in WEEKDAYS[:5]}
OFFICE_DAY_SECONDS = 9 * 3600
ALWAYS = {day: ["00:00-24:00"] for day in WEEKDAYS}
# Where no market of that code was added (yet).
ZONES = {"GH": "Africa/Accra", "KE": "Africa/Nairobi", "NG": "Africa/Lagos", "UG": "Africa/Kampala"}
YEARS_AHEAD = 3


def default_calendar(name: str, today: date) -> dict[str, object]:
    """The fields of the first version of calendar `name`: the code of a market, or "24x7"."""
    if name == ROUND_THE_CLOCK:
        return {"zone": "UTC", "hours": ALWAYS, "holidays": {}, "source": "every second of every day"}
    zone, country = zone_and_country(name)
    days = public_holidays(country, range(today.year - 1, today.year + YEARS_AHEAD + 1))
    source = source_of_holidays(country) if days else "no public holidays are known for this market"
    return {"zone": zone, "hours": OFFICE_HOURS, "holidays": days, "source": source}


def is_calendar(name: str) -> bool:
    """Whether there is, or may be, a calendar of that name."""
    return name == ROUND_THE_CLOCK or name in ZONES or Market.objects.filter(pk=name).exists()


def zone_and_country(name: str) -> tuple[str, str]:
    """The time zone of a market and the country whose holidays count there."""
    market = Market.objects.filter(pk=name).first()
    if market is not None:
        return market.time_zone, market.calendar_country
    return ZONES.get(name, "UTC"), name


def public_holidays(country: str, years: Iterable[int]) -> dict[str, str]:
    """Public holidays by ISO date with their names; empty for a country nobody keeps a list of."""
    try:
        found = holidays.country_holidays(country, years=list(years))
    except NotImplementedError:
        return {}
    return {day.isoformat(): name for day, name in sorted(found.items())}


def source_of_holidays(country: str) -> str:
    """Which list the holidays are from, so that a version can be told from a later one."""
    return f"holidays {holidays.__version__}, {country}; those marked estimated follow the moon"
