"""Who works at the desk, and what they may see."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from allauth.mfa.models import Authenticator
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from paydesk.foundation.people.authority import ROLES
from paydesk.foundation.people.models import Market, Person, PersonRole, Reveal
from paydesk.foundation.people.restricted import readable
from paydesk.kernel.actor import Actor

M = TypeVar("M", bound=Model)

# What counts as a second factor; recovery codes only stand in for one.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# Shown on the sign-in screen and in the terminal, and good for demo people alone.
DEMO_PASSWORD = "demo-desk-only"  # noqa: S105


def in_markets(queryset: QuerySet[M], actor: Actor, field: str = "market") -> QuerySet[M]:
    """`queryset` less the rows of markets that `actor` does not work in, and of what is restricted to others.

    `field` is the look-up that holds the market's code, a foreign key to Market or a plain column, also
    across a relation ("account__market"). Every list a person sees goes through here.
    """
    queryset = readable(queryset, actor)
    if actor.markets is None:
        return queryset
    return queryset.filter(**{f"{field}__in": sorted(actor.markets)})


def markets_of(actor: Actor) -> QuerySet[Market]:
    """The markets `actor` works in, by name; one query."""
    return in_markets(Market.objects.order_by("name"), actor, field="code")


def market_by_code(code: str) -> Market | None:
    """The market with this ISO code; None if the company does not work there. One query."""
    return Market.objects.filter(pk=code).first()


def person_by_id(person_id: int) -> Person | None:
    """The active person with this id with roles, team and markets loaded; None if there is none."""
    return (
        Person.objects.select_related("team")
        .prefetch_related("roles", "markets")
        .filter(pk=person_id, is_active=True)
    ).first()


def factors_of(person_id: int) -> list[Authenticator]:
    """The authenticator app and the passkeys of a person, oldest first, without recovery codes; one query."""
    return list(
        Authenticator.objects.filter(user_id=person_id, type__in=FACTORS).order_by("created_at", "pk")
    )


def recovery_codes_left(person_id: int) -> int | None:
    """How many recovery codes are not used yet; None for a person who has none. One query."""
    codes = Authenticator.objects.filter(user_id=person_id, type=Authenticator.Type.RECOVERY_CODES).first()
    return None if codes is None else len(codes.wrap().get_unused_codes())


def has_second_factor(person_id: int) -> bool:
    """Whether this person has an app or a passkey; one query."""
    return bool(factors_of(person_id))


def revealed_until(person_id: int, subject: tuple[str, int], now: datetime) -> datetime | None:
    """Until when this person sees `subject` ("customer", 5) in clear; None where they do not. One query."""
    kind, subject_id = subject
    rows = Reveal.objects.filter(person_id=person_id, subject_kind=kind, subject_id=subject_id, until__gt=now)
    return rows.order_by("-until").values_list("until", flat=True).first()


def people_in_team(team_id: int) -> QuerySet[Person]:
    """Active people of a team, by name, with their roles loaded; two queries."""
    return Person.objects.filter(team_id=team_id, is_active=True).order_by("name").prefetch_related("roles")


def everyone() -> QuerySet[Person]:
    """Everybody who ever worked at the desk, by name, inactive people included; one query."""
    return Person.objects.order_by("name", "id")


def person_by_email(email: str) -> Person | None:
    """The person who signs in with this address; None if nobody does. One query."""
    return Person.objects.filter(email=email.strip().lower()).first()


def any_person(person_id: int) -> Person | None:
    """The person with this id, also a closed account, with roles, team and markets loaded; three queries."""
    people = Person.objects.select_related("team").prefetch_related("roles", "markets")
    return people.filter(pk=person_id).first()


def people_found(text: str = "", role: str = "", state: str = "") -> QuerySet[Person]:
    """People by name whose name or address holds `text`, who have `role`; `state` is "active", "closed" or
    "bare" (can sign in, has no second factor, is not a demo person). Three queries with roles and markets."""
    found = Person.objects.order_by("name", "id").prefetch_related("roles", "markets")
    if text:
        found = found.filter(Q(name__icontains=text) | Q(email__icontains=text))
    if role:
        found = found.filter(Exists(PersonRole.objects.filter(person=OuterRef("pk"), role=role)))
    if state == "bare":
        factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS)
        found = found.filter(~Exists(factors), is_active=True, is_demo=False)
    elif state:
        found = found.filter(is_active=state == "active")
    return found


def factor_kinds(person_ids: Collection[int]) -> dict[int, list[str]]:
    """Which kinds of second factor each of these people has; one query."""
    rows = Authenticator.objects.filter(user_id__in=person_ids, type__in=FACTORS)
    kinds: dict[int, list[str]] = {}
    for person_id, kind in rows.order_by("type").values_list("user_id", "type").distinct():
        kinds.setdefault(person_id, []).append(kind)
    return kinds


def all_markets() -> QuerySet[Market]:
    """Every market the company works in, by name; one query."""
    return Market.objects.order_by("name")


def names_of(person_ids: set[int]) -> dict[int, str]:
    """Names by id for whoever a list names, inactive people included; one query."""
    return dict(Person.objects.filter(pk__in=person_ids).values_list("pk", "name"))


@dataclass(frozen=True, slots=True)
class TeamMember:
    """Who somebody is and of which team, "" where of none."""

    name: str
    team: str


def members_of(person_ids: set[int]) -> dict[int, TeamMember]:
    """Names and teams by id, inactive people included; one query."""
    rows = Person.objects.filter(pk__in=person_ids).values_list("pk", "name", "team__name")
    return {pk: TeamMember(name, team or "") for pk, name, team in rows}


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    role: str
    name: str
    email: str
    password: str


def demo_sign_ins() -> list[DemoSignIn]:
    """One demo sign-in per role, in the order of the roles; empty without demo people. One query."""
    rows = PersonRole.objects.filter(person__is_demo=True, person__is_active=True).order_by("person_id")
    first: dict[str, Person] = {}
    for row in rows.select_related("person"):
        first.setdefault(row.role, row.person)
    return [
        DemoSignIn(name, first[code].name, first[code].email, DEMO_PASSWORD)
        for code, name in ROLES.items()
        if code in first
    ]
