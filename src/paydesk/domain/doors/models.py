"""Doors and what comes through them: addresses we give out, chats, calls. What was said is in cases."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from paydesk.domain.cases.models import Case
from paydesk.domain.cases.rules import LEVELS
from paydesk.domain.doors.rules import CALL_STATES, DEVICES, KINDS, LANGUAGES


class Door(models.Model):
    """A way in that an administrator sets up: a web form, a chat widget, a telephone system.

    `key` stands in the address of a form or widget and is no secret. `secret_digest` is what the token of a
    telephone system is known by. `origins` are the sites that may embed it; without any, none may.
    """

    kind = models.CharField(max_length=5)
    name = models.CharField(max_length=100)
    market = models.CharField(max_length=2)
    language = models.CharField(max_length=2, default="en")
    key = models.CharField(max_length=32, unique=True)
    secret_digest = models.CharField(max_length=64, default="", db_default="")
    origins = models.JSONField(default=list, db_default=[])
    is_active = models.BooleanField(default=True)
    used_at = models.DateTimeField(null=True)
    added_by = models.CharField(max_length=80)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="door_kind_known"),
            models.CheckConstraint(condition=Q(language__in=list(LANGUAGES)), name="door_language_known"),
            models.CheckConstraint(
                condition=Q(kind="phone") ^ Q(secret_digest=""), name="door_secret_of_a_telephone"
            ),
        ]


class StatusLink(models.Model):
    """The address of a status page about (kind, id), given to whoever a case is with, known by `level`.

    The address holds its number and our signature; it is good until `expires_at` or until it is withdrawn.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="status_links")
    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    level = models.CharField(max_length=12)
    language = models.CharField(max_length=2)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=80, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(level__in=list(LEVELS)), name="status_link_level_known"),
            models.CheckConstraint(
                condition=Q(language__in=list(LANGUAGES)), name="status_link_language_known"
            ),
        ]


class Visit(models.Model):
    """Somebody looked at a status page; looking again soon is the same visit. `device` is its kind."""

    link = models.ForeignKey(StatusLink, on_delete=models.CASCADE, related_name="visits", db_index=False)
    at = models.DateTimeField()
    device = models.CharField(max_length=8, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(device__in=list(DEVICES)), name="visit_device_known"),
        ]
        indexes = [
            models.Index(fields=["link", "-at"], name="visit_of_link"),
            models.Index(fields=["at"], name="visit_at"),
        ]


class Chat(models.Model):
    """One visitor of a chat widget, known by a secret in their browser; their case from the first message on.

    `code_digest` is of the code that an agent reads out on a call to the number on file, good until
    `code_until`.
    """

    door = models.ForeignKey(Door, on_delete=models.PROTECT, related_name="chats")
    secret_digest = models.CharField(max_length=64, unique=True)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="chats")
    language = models.CharField(max_length=2)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    typing_at = models.DateTimeField(null=True)
    code_digest = models.CharField(max_length=64, default="", db_default="")
    code_until = models.DateTimeField(null=True)


class ProofTry(models.Model):
    """A visitor tried to prove who they are. `customer_id` is whom the answers were about, if anybody."""

    chat = models.ForeignKey(Chat, on_delete=models.PROTECT, related_name="tries")
    customer_id = models.BigIntegerField(null=True)
    held = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["customer_id", "at"], name="try_about", condition=Q(held=False)),
        ]


class PhoneCall(models.Model):
    """A call that a telephone system announced. `number` is E.164 digits, "" where it was withheld.

    `for_person_id` is the agent at whose telephone it rings, None where it rings for all.
    """

    door = models.ForeignKey(Door, on_delete=models.PROTECT, related_name="calls", db_index=False)
    external_id = models.CharField(max_length=100)
    market = models.CharField(max_length=2)
    number = models.CharField(max_length=15, default="", db_default="")
    for_person_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=8, default="ringing")
    rang_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="phone_calls")
    taken_by_id = models.BigIntegerField(null=True)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["door", "external_id"], name="phone_call_once"),
            models.CheckConstraint(condition=Q(state__in=list(CALL_STATES)), name="phone_call_state_known"),
        ]
        indexes = [
            models.Index(fields=["market", "rang_at"], name="phone_call_rings", condition=Q(state="ringing")),
            models.Index(fields=["-rang_at"], name="phone_call_newest"),
            models.Index(
                fields=["rang_at"],
                name="phone_call_in_no_case",
                condition=Q(case__isnull=True, state__in=["ringing", "missed"], taken_by_id__isnull=True),
            ),
        ]


class CallScript(models.Model):
    """What an agent says on a call about a category, one line each; the newest version counts."""

    category = models.CharField(max_length=40)
    version = models.IntegerField()
    lines = models.JSONField()
    written_by = models.CharField(max_length=80)
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["category", "version"], name="call_script_version_once")
        ]
