"""Side conversations of a case: somebody else is asked, by mail or among us, and answers under a clock. And
who was named in a note."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from paydesk.domain.cases.side_rules import SIDE, WITH

SIDE_DIRECTIONS = ("out", "in", "note")
SIDE_DELIVERIES = ("", "queued", "sent", "failed")


class SideTalk(models.Model):
    """One question to somebody else than the customer. `address` is where mail goes, "" among us.

    `asked_ids` are people of the desk who were named, `asked_role` a role whose holders were. The clock is on
    ("side", id). Nothing of it is shown to the customer, and nothing of theirs goes along by itself.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="sides")
    market = models.CharField(max_length=2)
    with_whom = models.CharField(max_length=12)
    subject = models.CharField(max_length=200)
    address = models.CharField(max_length=254, default="", db_default="")
    asked_ids = models.JSONField(default=list, db_default=[])
    asked_role = models.CharField(max_length=2, default="", db_default="")
    state = models.CharField(max_length=10, default=SIDE.start)
    opened_by_id = models.BigIntegerField(null=True)
    opened_by = models.CharField(max_length=80)
    opened_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1, db_default=1)

    @property
    def with_words(self) -> str:
        return WITH[self.with_whom]

    class Meta:
        app_label = "cases"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=SIDE.states), name="side_state_known"),
            models.CheckConstraint(condition=Q(with_whom__in=list(WITH)), name="side_with_known"),
            models.CheckConstraint(
                condition=~Q(address="") | ~Q(asked_ids=[]) | ~Q(asked_role=""), name="side_asks_somebody"
            ),
        ]
        indexes = [
            models.Index(fields=["market", "opened_at"], name="side_open", condition=~Q(state="closed")),
        ]


class SideMessage(models.Model):
    """What was said aside. `delivery` is of what goes out by mail; `is_theirs` where it came from them."""

    side = models.ForeignKey(SideTalk, on_delete=models.PROTECT, related_name="messages", db_index=False)
    direction = models.CharField(max_length=4)
    author = models.CharField(max_length=80, default="", db_default="")
    sender = models.CharField(max_length=254, default="", db_default="")
    text = models.TextField()
    delivery = models.CharField(max_length=10, default="", db_default="")
    leaves_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0, db_default=0)
    external_id = models.CharField(max_length=998, default="", db_default="")
    sent_key = models.CharField(max_length=64, default="", db_default="")
    document_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        app_label = "cases"
        constraints = [
            models.CheckConstraint(condition=Q(direction__in=SIDE_DIRECTIONS), name="side_message_way_known"),
            models.CheckConstraint(
                condition=Q(delivery__in=SIDE_DELIVERIES), name="side_message_delivery_known"
            ),
            models.UniqueConstraint(
                fields=["side", "sent_key"], condition=~Q(sent_key=""), name="side_message_sent_once"
            ),
            models.UniqueConstraint(
                fields=["external_id"], condition=~Q(external_id=""), name="side_message_received_once"
            ),
        ]
        indexes = [
            models.Index(fields=["side", "at"], name="side_message_of_side"),
            models.Index(fields=["leaves_at"], name="side_message_to_leave", condition=Q(delivery="queued")),
        ]


class Mention(models.Model):
    """Somebody named in a note, "@Ama"; they read it on their home until they opened the case since."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+", db_index=False)
    message = models.ForeignKey("cases.Message", on_delete=models.PROTECT, related_name="named")
    person_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        app_label = "cases"
        constraints = [
            models.UniqueConstraint(fields=["message", "person_id"], name="mention_in_a_note_once"),
        ]
        indexes = [models.Index(fields=["person_id", "-at"], name="mention_of_person")]
