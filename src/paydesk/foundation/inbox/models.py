"""Messages from outside, kept as they came; what became of each stands beside."""

from django.db import models
from django.db.models import Q

from paydesk.foundation.inbox.states import MESSAGE


class Message(models.Model):
    """One message. The columns up to `received_at` never change (a trigger refuses it); the others follow.
    `body` and `headers` alone may be erased, once it is settled: whoever it was about wants to be forgotten.

    `kind` says who reads it ("callback"); `source_kind` and `source_id` name the thing it came for, `channel`
    the way it took. The same body for the same source and channel is stored once and counted in `repeats`.
    `became_kind` and `became_id` name what it became.
    """

    kind = models.CharField(max_length=24)
    source_kind = models.CharField(max_length=32)
    source_id = models.BigIntegerField()
    channel = models.CharField(max_length=32)
    market = models.CharField(max_length=2)
    body = models.BinaryField()
    headers = models.JSONField()
    content_hash = models.BinaryField(max_length=32)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=12, default=MESSAGE.start)
    reason = models.TextField(default="")
    attempts = models.SmallIntegerField(default=0)
    outcome = models.CharField(max_length=24, default="")
    became_kind = models.CharField(max_length=32, default="")
    became_id = models.BigIntegerField(null=True)
    settled_at = models.DateTimeField(null=True)
    repeats = models.IntegerField(default=0)
    repeated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source_kind", "source_id", "channel", "content_hash"], name="inbox_message_once"
            ),
            models.CheckConstraint(condition=Q(state__in=MESSAGE.states), name="inbox_message_state_known"),
            models.CheckConstraint(
                condition=~Q(state="rejected") | ~Q(reason=""), name="inbox_message_rejected_with_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "id"], name="inbox_message_waiting", condition=Q(state="received")),
            models.Index(fields=["kind", "id"], name="inbox_message_rejected", condition=Q(state="rejected")),
            models.Index(fields=["source_kind", "source_id", "id"], name="inbox_message_source"),
        ]
