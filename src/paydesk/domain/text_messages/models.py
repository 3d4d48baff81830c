"""Gateways of text messages, what left through them, and who wants notices."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from paydesk.connectors.texting import GATEWAYS
from paydesk.domain.cases.models import Case, Message
from paydesk.domain.parties.models import Customer
from paydesk.domain.text_messages.rules import DEMO, KINDS
from paydesk.domain.text_messages.states import TEXT


class TextGateway(models.Model):
    """A gateway that sends for one market. `secret` is sealed (sealed_text), `user` is what it calls so.

    `price` is what one part costs where the gateway does not say; `most_cost_day` stops all sending within
    24 hours, `most_per_hour` what goes to one number. `problem` is why it did not take the last message.
    """

    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=100)
    market = models.CharField(max_length=2)
    base_url = models.CharField(max_length=200)
    user = models.CharField(max_length=200, default="", db_default="")
    secret = models.TextField(default="", db_default="")
    sender = models.CharField(max_length=20)
    shape = models.JSONField(default=dict, db_default={})
    price = models.DecimalField(max_digits=12, decimal_places=4)
    currency = models.CharField(max_length=3)
    most_per_hour = models.IntegerField()
    most_cost_day = models.DecimalField(max_digits=12, decimal_places=4)
    is_active = models.BooleanField(default=True)
    problem = models.TextField(default="", db_default="")
    added_by = models.CharField(max_length=80)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["market"], condition=Q(is_active=True), name="text_gateway_of_market_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=[*GATEWAYS, DEMO]), name="text_gateway_kind_known"),
            models.CheckConstraint(
                condition=Q(price__gt=0, most_cost_day__gt=0, most_per_hour__gt=0),
                name="text_gateway_has_caps",
            ),
        ]


class TextMessage(models.Model):
    """One message to one number of a customer. Its words stand sealed here until it left, for a code alone.

    A notice's words are the case's `message`. `code_digest` knows a code, good until `code_until`, ended by
    MOST_TRIES wrong ones or by being right (`code_used_at`). `cost` is what the gateway said. `number` is
    emptied when the person is forgotten.
    """

    gateway = models.ForeignKey(TextGateway, on_delete=models.PROTECT, related_name="messages")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="text_messages")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    message = models.OneToOneField(Message, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6)
    number = models.CharField(max_length=15, default="", db_default="")
    state = models.CharField(max_length=10, default=TEXT.start)
    sealed_text = models.TextField(default="", db_default="")
    parts = models.IntegerField()
    code_digest = models.CharField(max_length=64, default="", db_default="")
    code_until = models.DateTimeField(null=True)
    code_tries = models.IntegerField(default=0, db_default=0)
    code_used_at = models.DateTimeField(null=True)
    cost = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    external_id = models.CharField(max_length=100, default="", db_default="")
    why = models.CharField(max_length=200, default="", db_default="")
    attempts = models.IntegerField(default=0, db_default=0)
    leaves_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="text_message_kind_known"),
            models.CheckConstraint(condition=Q(state__in=TEXT.states), name="text_message_state_known"),
            models.CheckConstraint(
                condition=Q(kind="code", message=None) | Q(kind="notice", code_digest="", sealed_text=""),
                name="text_message_words_in_one_place",
            ),
            models.CheckConstraint(
                condition=Q(sealed_text="") | Q(state="queued"), name="text_message_words_end_when_it_left"
            ),
            models.CheckConstraint(
                condition=Q(state="queued", leaves_at__isnull=False) | ~Q(state="queued"),
                name="text_message_leaves_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["leaves_at"], name="text_to_leave", condition=Q(state="queued")),
            models.Index(fields=["number", "at"], name="text_to_number", condition=~Q(number="")),
            models.Index(fields=["gateway", "at"], name="text_of_gateway"),
            models.Index(fields=["external_id"], name="text_reported", condition=~Q(external_id="")),
        ]


class NoticeWish(models.Model):
    """A customer said that they want short notices by text message; the row goes when they no longer do."""

    customer = models.OneToOneField(Customer, on_delete=models.PROTECT, related_name="+")
    noted_by = models.CharField(max_length=80)
    noted_at = models.DateTimeField()
