"""Accounts of people: create, give roles and markets, deactivate. Each needs the right `people.manage`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from paydesk.foundation.audit import steps as audit
from paydesk.foundation.people import due_exams
from paydesk.foundation.people.authority import ROLES
from paydesk.foundation.people.models import Market, Person, PersonRole, Team
from paydesk.foundation.people.queries import DEMO_PASSWORD
from paydesk.foundation.people.rules import initials_of, normal_email
from paydesk.foundation.people.steps import locked
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused

RIGHT = "people.manage"
ADMINISTRATORS_LOCK = 7_203_912


@transaction.atomic(durable=True)
def create_person(
    *,
    email: str,
    name: str,
    password: str | None,
    roles: Iterable[str],
    markets: Iterable[str] | None = None,
    team: str | None = None,
    time_zone: str = "UTC",
    by: Actor,
    now: datetime,
) -> Person:
    """Someone new at the desk, able to sign in at once; without `password` not before one is set.

    `markets` are ISO codes, None for every market, also later ones. `team` is a name, made if it is new.
    Raises Refused for an unusable e-mail, name, password, role, market or time zone, or an e-mail in use.
    """
    by.needs(RIGHT)
    if password is not None:
        _check_password(password)
    person = _create(
        email,
        name,
        make_password(password),
        roles,
        markets,
        team=team,
        time_zone=time_zone,
        is_demo=False,
        now=now,
    )
    _record_created(person, by, now)
    return person


@transaction.atomic(durable=True)
def add_market(
    code: str,
    *,
    name: str,
    currency: str,
    time_zone: str,
    calendar_country: str | None = None,
    by: Actor,
    now: datetime,
) -> Market:
    """A country the company works in, by ISO code; `calendar_country` says whose holidays count.

    A market that is there stays as it is. Raises Refused for an unknown time zone or a code that
    is not ISO's form.
    """
    by.needs(RIGHT)
    if there := Market.objects.filter(pk=code).first():
        return there
    _check_time_zone(time_zone)
    if not re.fullmatch("[A-Z]{2}", code) or not re.fullmatch("[A-Z]{3}", currency):
        raise Refused(
            f"{code!r} and {currency!r} are not ISO codes of a country and a currency, like GH and GHS.",
            code="market.codes",
        )
    market = Market.objects.create(
        code=code,
        name=name,
        currency=currency,
        time_zone=time_zone,
        calendar_country=calendar_country or code,
    )
    audit.record(
        "market.added", subject=("market", code), by=by, at=now, market=code, changes={"currency": currency}
    )
    return market


@transaction.atomic(durable=True)
def set_market_time_zone(code: str, time_zone: str, *, by: Actor, now: datetime) -> Market:
    """Days of `code` begin and end in `time_zone` from now on; what was booked on a day stays there.

    Its calendar of opening hours has a clock of its own. Raises Refused for a market that is not there or an
    unknown time zone. Said twice it is recorded once.
    """
    by.needs(RIGHT)
    _check_time_zone(time_zone)
    market = Market.objects.select_for_update().filter(pk=code).first()
    if market is None:
        raise Refused(f"There is no market {code}; add it first.", code="market.unknown", value=code)
    if (was := market.time_zone) != time_zone:
        market.time_zone = time_zone
        market.save(update_fields=["time_zone"])
        audit.record(
            "market.time_zone_set",
            subject=("market", code),
            by=by,
            at=now,
            market=code,
            changes={"time_zone": [was, time_zone]},
        )
    return market


@transaction.atomic(durable=True)
def set_roles(person_id: int, roles: Iterable[str], *, by: Actor, now: datetime) -> Person:
    """Make `roles` this person's roles.

    Refused if one is unknown, for oneself, or if the last administrator would go.
    """
    by.needs(RIGHT)
    person = locked(person_id)
    was, becomes = person.role_codes, _known_roles(roles)
    if was == becomes:
        return person
    _not_oneself(person_id, by, "roles")
    if "AD" in was and "AD" not in becomes:
        _keep_an_administrator(person)
    PersonRole.objects.filter(person=person).exclude(role__in=becomes).delete()
    PersonRole.objects.bulk_create(
        [PersonRole(person=person, role=role) for role in becomes if role not in was]
    )
    due_exams.look_again(locked(person_id), now)
    audit.record(
        "person.roles_set", subject=("person", person.pk), by=by, at=now, changes={"roles": [was, becomes]}
    )
    return person


@transaction.atomic(durable=True)
def set_markets(person_id: int, markets: Iterable[str] | None, *, by: Actor, now: datetime) -> Person:
    """Make `markets` (ISO codes; None for all, also later ones) the markets this person works in.

    Refused for oneself: nobody widens what they may see.
    """
    by.needs(RIGHT)
    person = locked(person_id)
    was = _market_codes(person)
    if was != (None if markets is None else sorted(set(markets))):
        _not_oneself(person_id, by, "markets")
    _put_in_markets(person, markets)
    becomes = _market_codes(person)
    if was != becomes:
        due_exams.look_again(person, now)
        audit.record(
            "person.markets_set",
            subject=("person", person.pk),
            by=by,
            at=now,
            changes={"markets": [was, becomes]},
        )
    return person


@transaction.atomic(durable=True)
def set_password(person_id: int, password: str, *, by: Actor, now: datetime) -> Person:
    """Give this person a new password: an administrator, or the person. Open sessions of theirs end."""
    if by.kind != "person" or by.id != person_id:
        by.needs(RIGHT)
    person = locked(person_id)
    if person.is_demo:
        raise Refused("Demo people keep the demo password; it is shown to everyone.", code="person.is_demo")
    _check_password(password)
    person.set_password(password)
    person.save(update_fields=["password"])
    audit.record("person.password_set", subject=("person", person.pk), by=by, at=now, changes={})
    return person


@transaction.atomic(durable=True)
def deactivate(person_id: int, *, by: Actor, now: datetime) -> Person:
    """Nobody signs in as this person any more; what they did keeps their name. Again: nothing happens.

    Raises Refused for oneself and for the last active administrator.
    """
    by.needs(RIGHT)
    person = locked(person_id)
    if not person.is_active:
        return person
    if by.kind == "person" and by.id == person_id:
        raise Refused(
            "You cannot deactivate yourself; another administrator can.",
            code="person.is_oneself",
            person_id=person_id,
        )
    if "AD" in person.role_codes:
        _keep_an_administrator(person)
    person.is_active = False
    person.save(update_fields=["is_active"])
    audit.record(
        "person.deactivated",
        subject=("person", person.pk),
        by=by,
        at=now,
        changes={"is_active": [True, False]},
    )
    return person


@transaction.atomic(durable=True)
def reactivate(person_id: int, *, by: Actor, now: datetime) -> Person:
    """A closed account works again, with the roles, markets and password it had. Again: nothing happens."""
    by.needs(RIGHT)
    person = locked(person_id)
    if person.is_active:
        return person
    _not_oneself(person_id, by, "account")
    person.is_active = True
    person.save(update_fields=["is_active"])
    audit.record(
        "person.reactivated",
        subject=("person", person.pk),
        by=by,
        at=now,
        changes={"is_active": [False, True]},
    )
    return person


# Invented people, one per role; the last name says that nobody like this works anywhere.
DEMO_PEOPLE = {
    "AN": "Ama Demo-Analyst",
    "SU": "Samuel Demo-Support",
    "CO": "Chidi Demo-Collections",
    "SD": "Wanjiru Demo-Shop",
    "TL": "Tunde Demo-Lead",
    "FC": "Fatima Demo-Finance",
    "RK": "Kofi Demo-Risk",
    "QA": "Njeri Demo-Quality",
    "AU": "Yaw Demo-Auditor",
    "AD": "Adaeze Demo-Admin",
}

DEMO_TEAMS = dict.fromkeys(("SU", "CO", "SD", "TL"), "Demo front line")


@transaction.atomic(durable=True)
def make_demo_people(*, by: Actor, now: datetime, markets: Iterable[str] | None = None) -> list[Person]:
    """One marked demo person per role, signing in with DEMO_PASSWORD; those there stay as they are."""
    by.needs(RIGHT)
    there = {person.email: person for person in Person.objects.filter(is_demo=True).prefetch_related("roles")}
    codes = None if markets is None else list(markets)
    # One hash for all of them: it is slow by design, and the password is no secret.
    password = make_password(DEMO_PASSWORD)
    people = []
    for role, name in DEMO_PEOPLE.items():
        email = f"{name.split()[0].lower()}@demo.example"
        person = there.get(email)
        if person is None:
            team = DEMO_TEAMS.get(role, "Demo back office")
            person = _create(
                email, name, password, [role], codes, team=team, time_zone="UTC", is_demo=True, now=now
            )
            _record_created(person, by, now)
        people.append(person)
    return people


def _create(
    email: str,
    name: str,
    password_hash: str,
    roles: Iterable[str],
    markets: Iterable[str] | None,
    *,
    team: str | None,
    time_zone: str,
    is_demo: bool,
    now: datetime,
) -> Person:
    try:
        address = normal_email(email)
    except ValueError as problem:
        raise Refused(f"{problem}.", code="person.email", email=email) from None
    shown_name = " ".join(name.split())
    if not shown_name:
        raise Refused("A person needs a name.", code="person.name")
    _check_time_zone(time_zone)
    codes = _known_roles(roles)
    person = Person(
        email=address,
        name=shown_name,
        initials=initials_of(shown_name),
        password=password_hash,
        team=Team.objects.get_or_create(name=team)[0] if team else None,
        time_zone=time_zone,
        is_demo=is_demo,
        created_at=now,
    )
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        raise Refused(
            f"{address} is in use by another person.", code="person.email_in_use", email=address
        ) from None
    PersonRole.objects.bulk_create([PersonRole(person=person, role=code) for code in codes])
    _put_in_markets(person, markets)
    due_exams.look_again(person, now)
    return person


def _record_created(person: Person, by: Actor, now: datetime) -> None:
    audit.record(
        "person.created",
        subject=("person", person.pk),
        by=by,
        at=now,
        changes={"roles": person.role_codes, "markets": _market_codes(person), "is_demo": person.is_demo},
    )


def _known_roles(roles: Iterable[str]) -> list[str]:
    asked = set(roles)
    if unknown := sorted(asked - set(ROLES)):
        raise Refused(
            f"{', '.join(unknown)} is not a role; there are {', '.join(ROLES)}.",
            code="person.role",
            unknown=unknown,
        )
    return [code for code in ROLES if code in asked]


def _put_in_markets(person: Person, markets: Iterable[str] | None) -> None:
    asked = set() if markets is None else set(markets)
    known = set(Market.objects.filter(pk__in=asked).values_list("pk", flat=True))
    if unknown := sorted(asked - known):
        there = ", ".join(Market.objects.order_by("pk").values_list("pk", flat=True)) or "none yet"
        raise Refused(
            f"The company does not work in {', '.join(unknown)}; its markets are: {there}.",
            code="person.market",
            unknown=unknown,
        )
    person.works_in_all_markets = markets is None
    person.save(update_fields=["works_in_all_markets"])
    person.markets.set(sorted(known))


def _market_codes(person: Person) -> list[str] | None:
    return None if person.works_in_all_markets else sorted(market.pk for market in person.markets.all())


def _not_oneself(person_id: int, by: Actor, what: str) -> None:
    if by.kind == "person" and by.id == person_id:
        raise Refused(
            f"You cannot change your own {what}; another administrator can.",
            code="person.is_oneself",
            person_id=person_id,
        )


def _keep_an_administrator(leaving: Person) -> None:
    # One at a time, so that two administrators cannot remove each other at the same moment.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADMINISTRATORS_LOCK])
    if not Person.objects.filter(roles__role="AD", is_active=True).exclude(pk=leaving.pk).exists():
        raise Refused(
            f"{leaving.name} is the last administrator; make another person administrator first.",
            code="person.last_administrator",
        )


def _check_time_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        raise Refused(
            f"{name!r} is not a time zone; write it like Africa/Accra.", code="time_zone.unknown", value=name
        ) from None


def _check_password(password: str) -> None:
    try:
        validate_password(password)
    except ValidationError as problem:
        raise Refused(" ".join(problem.messages), code="person.password") from None
