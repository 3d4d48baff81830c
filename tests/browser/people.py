"""People who sign in during browser tests."""

from __future__ import annotations

from datetime import UTC, datetime

from paydesk.foundation.people.models import Market, Person, PersonRole
from paydesk.foundation.people.rules import initials_of

PASSWORD = "only-for-these-tests"  # noqa: S105


def make_person(
    name: str, role: str, *, email: str = "", is_demo: bool = False, markets: str = "GH KE NG"
) -> Person:
    """A person with one role who works in `markets`, which are made when missing."""
    person = Person(
        name=name,
        email=email or f"{name.split()[0].lower()}@desk.example",
        initials=initials_of(name),
        is_demo=is_demo,
        time_zone="Africa/Accra",
        created_at=datetime(2026, 1, 5, 8, tzinfo=UTC),
    )
    person.set_password(PASSWORD)
    person.save()
    PersonRole.objects.create(person=person, role=role)
    for code in markets.split():
        person.markets.add(make_market(code))
    return person


def make_market(code: str) -> Market:
    name, currency, zone = {
        "GH": ("Ghana", "GHS", "Africa/Accra"),
        "KE": ("Kenya", "KES", "Africa/Nairobi"),
        "NG": ("Nigeria", "NGN", "Africa/Lagos"),
    }[code]
    market, _ = Market.objects.get_or_create(
        code=code,
        defaults={"name": name, "currency": currency, "time_zone": zone, "calendar_country": code},
    )
    return market
