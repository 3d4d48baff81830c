"""People who work at the desk, their teams, roles and markets."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac

from paydesk.foundation.people.authority import ROLES, rights_of
from paydesk.foundation.people.due_exams import DueExam, withheld
from paydesk.foundation.people.restricted_models import (  # noqa: F401
    RestrictedThing,
    RestrictedView,
    RestrictedViewer,
)
from paydesk.foundation.people.rules import LANGUAGES
from paydesk.kernel.actor import Actor


class Market(models.Model):
    """A country the company works in: a dimension of rights and of every query. Known by its ISO code."""

    code = models.CharField(primary_key=True, max_length=2)
    name = models.CharField(max_length=60)
    currency = models.CharField(max_length=3)
    time_zone = models.CharField(max_length=40)
    calendar_country = models.CharField(max_length=2)

    class Meta:
        db_table = "people_market"
        constraints = [
            models.CheckConstraint(condition=models.Q(code__regex="^[A-Z]{2}$"), name="market_code_is_iso"),
            models.CheckConstraint(
                condition=models.Q(currency__regex="^[A-Z]{3}$"), name="market_currency_is_iso"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=80, unique=True)

    class Meta:
        db_table = "people_team"

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class KnownAtOnce:
    """What every page asks about whoever is signed in, read along with them: role codes, names of markets by
    code, kinds of things of which some are restricted to others."""

    roles: frozenset[str]
    markets: Mapping[str, str]
    hidden: frozenset[str]


class People(BaseUserManager["Person"]):
    def signed_in(self, person_id: int) -> Person | None:
        """Who is signed in, with `known`; one query. Every page asks for it."""
        found = self.raw(
            """
            SELECT p.*, ARRAY(SELECT r.role FROM people_person_role r WHERE r.person_id = p.id) AS role_list,
                (SELECT coalesce(jsonb_object_agg(m.code, m.name), '{}') FROM people_person_market w
                    JOIN people_market m ON m.code = w.market_id WHERE w.person_id = p.id) AS market_map,
                ARRAY(SELECT DISTINCT t.subject_kind FROM people_restricted_thing t WHERE NOT EXISTS (
                    SELECT FROM people_restricted_viewer v WHERE v.view_id = t.view_id AND v.person_id = p.id
                )) AS hidden_list
            FROM people_person p WHERE p.id = %s
            """,
            [person_id],
        )
        person: Any = next(iter(found), None)
        if person is not None:
            person.known = KnownAtOnce(
                frozenset(person.role_list), json.loads(person.market_map), frozenset(person.hidden_list)
            )
        return cast("Person | None", person)

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email=(username or "").strip().lower())


class Person(AbstractBaseUser):
    """Someone who signs in. People are deactivated, never deleted: the audit trail names them."""

    id = models.BigAutoField(primary_key=True)
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120)
    initials = models.CharField(max_length=2)
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="people")
    is_active = models.BooleanField(default=True, db_default=True)
    is_demo = models.BooleanField(default=False, db_default=False)
    works_in_all_markets = models.BooleanField(default=False, db_default=False)
    markets: models.ManyToManyField[Market, Any] = models.ManyToManyField(
        Market, db_table="people_person_market"
    )
    time_zone = models.CharField(max_length=40, default="UTC")
    keyboard_shortcuts = models.BooleanField(default=True, db_default=True)
    # Of the screens, on every device; "" until they chose: as the browser asks.
    language = models.CharField(max_length=2, choices=LANGUAGES, blank=True, default="", db_default="")
    created_at = models.DateTimeField()
    # Counted up to end every session of this person: the number is part of what a session is checked against.
    sessions_number = models.PositiveIntegerField(default=0, db_default=0)
    # Exams not passed yet and the rights that wait for them; kept by due_exams.look_again.
    due_exams = models.JSONField(default=list, db_default=[])

    objects: ClassVar[People] = People()
    known: KnownAtOnce | None = None

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        db_table = "people_person"
        constraints = [
            models.UniqueConstraint(fields=["email"], name="one_person_per_email"),
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="person_email_in_small_letters"
            ),
            models.CheckConstraint(
                condition=models.Q(language__in=["", *LANGUAGES]), name="person_language_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split()[0]

    def get_session_auth_hash(self) -> str:
        return self._with_sessions_number(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for earlier in super().get_session_auth_fallback_hash():
            yield self._with_sessions_number(earlier)

    def _with_sessions_number(self, password_hash: str) -> str:
        return salted_hmac("paydesk.session", f"{password_hash}:{self.sessions_number}").hexdigest()

    @property
    def role_codes(self) -> list[str]:
        """The codes of this person's roles, in the order of the authority table."""
        held = self.known.roles if self.known else {row.role for row in self.roles.all()}
        return [code for code in ROLES if code in held]

    @property
    def market_names(self) -> Mapping[str, str]:
        """Names of this person's markets by code."""
        return self.known.markets if self.known else {each.pk: each.name for each in self.markets.all()}

    def actor(self) -> Actor:
        """This person as they act now: rights of their roles less those an exam withholds, markets they work
        in. Two queries, none where they are `known`."""
        markets = None if self.works_in_all_markets else frozenset(self.market_names)
        rights = rights_of(self.role_codes) if self.is_active else frozenset()
        waits = withheld(self.exams_to_pass, rights, timezone.now()) if self.due_exams else frozenset()
        return Actor(
            "person", self.pk, self.name, rights=rights - {right for right, _, _ in waits}, markets=markets,
            withheld=waits,
        )  # fmt: skip

    @property
    def exams_to_pass(self) -> list[DueExam]:
        """Exams this person has not passed, also those whose notice still runs."""
        return [DueExam.from_json(known) for known in self.due_exams]


class PersonRole(models.Model):
    """One role of one person."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=2)

    class Meta:
        db_table = "people_person_role"
        constraints = [
            models.UniqueConstraint(fields=["person", "role"], name="a_role_is_held_once"),
            models.CheckConstraint(condition=models.Q(role__in=list(ROLES)), name="role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role}"


class Reveal(models.Model):
    """One person sees one customer's or payer's masked fields in clear until `until`. Why is in the trail."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="reveals")
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        db_table = "people_reveal"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__gt=models.F("at")), name="reveal_ends_after_it_begins"
            ),
        ]
        indexes = [models.Index(fields=["person", "at"], name="reveal_of_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.subject_kind} {self.subject_id}"
