"""Cases: what troubles a person, who they are, what was said, what it is about."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Upper
from django.db.models.lookups import Exact

from paydesk.domain.cases.categories import ROOT_CAUSES
from paydesk.domain.cases.rules import (
    CALL_OUTCOMES,
    CHANNELS,
    LEVELS,
    MESSAGE_CHANNELS,
    MONEY_OUTCOMES,
    PARTY_ROLES,
    SEVERITIES,
)
from paydesk.domain.cases.states import CASE, OPEN, WAITS_FOR
from paydesk.domain.parties.models import Customer

DIRECTIONS = {"in": "from the customer", "out": "from us", "note": "among us"}
DELIVERIES = ("", "queued", "held", "sent", "delivered", "failed", "taken_back")
SENDER_CHECKS = ("", "proved", "failed")
RECEIVED_STATES = ("kept", "in_case", "bounce", "set_aside", "failed", "ignored")
LINK_STATES = ("proposed", "confirmed", "rejected")


class CategoryTree(models.Model):
    """One version of what cases are about; the newest counts, and a case keeps the one it was sorted by."""

    version = models.IntegerField(unique=True)
    tree = models.JSONField()
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()


class Case(models.Model):
    """One trouble of one person.

    `contact` is the address they reached us by (e-mail address, E.164 digits), `contact_name` what they call
    themselves: neither proves who they are, `level` says how far that is proved, on `level_channel`
    ("" on any). `unanswered_since` is the time of their oldest message without an answer. `amount_minor` is
    the money it is about, as a person said (`amount_by_hand`) or as what it is confirmed to be about says;
    so with `severity`. `asks_on` is the channel on which they last spoke to us, or proved who they are.
    `mailbox` is the one it was written to, which answers it. `parent` is the greater case it belongs to;
    `split_off` says how it came out of it, to take that back (`actions/splitting.py`). `field_values` holds
    what is filled in of the company's own fields, by key (own_fields.py).
    With `nudges` the customer is reminded when the case wakes at `wakes_at`. `before_merge` is what both
    cases were like before this one went into another, to take that back (`actions/merging.py`).
    `version` counts up with each change and each message, so that nobody answers what they have not read.
    `owned_by` is the id of the owner, copied by the database from the case's assignment, so that a view of
    thousands of open cases is counted from an index.
    """

    restricted_as = "case"  # see foundation/people/restricted.py

    market = models.CharField(max_length=2)
    channel = models.CharField(max_length=10)
    subject = models.CharField(max_length=200)
    state = models.CharField(max_length=12, default=CASE.start)
    waits_for = models.CharField(max_length=10, default="", db_default="")
    wakes_at = models.DateTimeField(null=True)
    nudges = models.BooleanField(default=False, db_default=False)
    severity = models.CharField(max_length=8, default="normal")
    harms = models.JSONField(default=list, db_default=[])
    is_complaint = models.BooleanField(default=False, db_default=False)
    category = models.CharField(max_length=40, default="", db_default="")
    category_version = models.IntegerField(null=True)
    root_cause = models.CharField(max_length=40, default="", db_default="")
    money_outcome = models.CharField(max_length=20, default="", db_default="")
    checked = models.JSONField(default=list, db_default=[])
    tags = models.JSONField(default=list, db_default=[])
    field_values = models.JSONField(default=dict, db_default={})
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, default="", db_default="")
    amount_by_hand = models.BooleanField(default=False, db_default=False)
    severity_by_hand = models.BooleanField(default=False, db_default=False)
    asks_on = models.CharField(max_length=10, default="", db_default="")
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="cases")
    party_role = models.CharField(max_length=12, default="unknown")
    contact = models.CharField(max_length=254, default="", db_default="")
    contact_name = models.CharField(max_length=200, default="", db_default="")
    language = models.CharField(max_length=10, default="en")
    mailbox = models.ForeignKey(
        "Mailbox", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    level = models.CharField(max_length=12, default="unverified")
    level_how = models.CharField(max_length=200, default="", db_default="")
    level_channel = models.CharField(max_length=10, default="", db_default="")
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=80)
    last_message_at = models.DateTimeField(null=True)
    unanswered_since = models.DateTimeField(null=True)
    first_answered_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    reopens = models.IntegerField(default=0, db_default=0)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="absorbed")
    before_merge = models.JSONField(null=True)
    follows = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="followed_by")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    split_off = models.JSONField(null=True)
    version = models.IntegerField(default=1, db_default=1)
    owned_by = models.BigIntegerField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=CASE.states), name="case_state_known"),
            models.CheckConstraint(condition=Q(channel__in=list(CHANNELS)), name="case_channel_known"),
            models.CheckConstraint(condition=Q(severity__in=SEVERITIES), name="case_severity_known"),
            models.CheckConstraint(condition=Q(party_role__in=list(PARTY_ROLES)), name="case_party_known"),
            models.CheckConstraint(condition=Q(level__in=list(LEVELS)), name="case_level_known"),
            models.CheckConstraint(
                condition=Q(root_cause__in=["", *ROOT_CAUSES]), name="case_root_cause_known"
            ),
            models.CheckConstraint(
                condition=Q(money_outcome__in=["", *MONEY_OUTCOMES]), name="case_money_outcome_known"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", waits_for__in=list(WAITS_FOR))
                | (~Q(state="waiting") & Q(waits_for="", wakes_at__isnull=True)),
                name="case_waits_for_something",
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
                name="case_merged_into_another",
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="case_not_into_itself"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="case_not_its_own_parent"),
            models.CheckConstraint(
                condition=Q(split_off__isnull=True) | Q(parent__isnull=False), name="case_split_off_a_parent"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["resolved", "closed"], resolved_at__isnull=False)
                | ~Q(state__in=["resolved", "closed"]),
                name="case_resolved_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__isnull=True) | (Q(amount_minor__gt=0) & ~Q(currency="")),
                name="case_amount_has_a_currency",
            ),
            models.CheckConstraint(
                condition=Exact(
                    Func(F("field_values"), function="jsonb_typeof", output_field=models.TextField()),
                    Value("object"),
                ),
                name="case_field_values_by_key",
            ),
        ]
        indexes = [
            models.Index(fields=["market", "state", "-last_message_at"], name="case_by_state"),
            models.Index(
                F("unanswered_since").asc(nulls_last=True),
                "opened_at",
                "id",
                name="case_open_in_order",
                condition=Q(state__in=OPEN),
            ),
            models.Index(
                fields=["market", "owned_by", "state", "id"],
                name="case_open_of_owner",
                condition=Q(state__in=OPEN),
            ),
            GinIndex(
                OpClass("field_values", name="jsonb_path_ops"),
                name="case_field_values",
                condition=~Q(field_values={}),
            ),
            GinIndex(OpClass(Upper("subject"), name="gin_trgm_ops"), name="case_subject_words"),
            models.Index(fields=["contact"], name="case_contact", condition=~Q(contact="")),
            models.Index(fields=["resolved_at"], name="case_to_close", condition=Q(state="resolved")),
            models.Index(fields=["wakes_at"], name="case_to_wake", condition=Q(wakes_at__isnull=False)),
            models.Index(fields=["category", "opened_at"], name="case_by_category"),
        ]

    def __str__(self) -> str:
        return f"case {self.pk}"


class Message(models.Model):
    """What was said, in or out, or noted among us; also a call. Never edited, but for what became of it.

    `sent_key` is given by the composer, so that pressing twice sends once. An automatic one answers nobody.
    `is_public` is false for notes and for what came from somebody who is no party of the case. `outcome` is
    of a call. `sender_check` is what our own mail servers found of the address it came from, `sender_told`
    in their words. With `wait_hours` the case waits for the customer once it has left, and comes back after.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="messages", db_index=False)
    direction = models.CharField(max_length=4)
    channel = models.CharField(max_length=10)
    is_public = models.BooleanField(default=True)
    author = models.CharField(max_length=80, default="", db_default="")
    sender = models.CharField(max_length=254, default="", db_default="")
    sender_check = models.CharField(max_length=8, default="", db_default="")
    sender_told = models.CharField(max_length=200, default="", db_default="")
    recipients = models.JSONField(default=list, db_default=[])
    text = models.TextField()
    full_text = models.TextField(default="", db_default="")
    html = models.TextField(default="", db_default="")
    outcome = models.CharField(max_length=20, default="", db_default="")
    delivery = models.CharField(max_length=10, default="", db_default="")
    leaves_at = models.DateTimeField(null=True)
    external_id = models.CharField(max_length=998, default="", db_default="")
    sent_key = models.CharField(max_length=64, default="", db_default="")
    facts = models.JSONField(default=dict, db_default={})
    is_automatic = models.BooleanField(default=False, db_default=False)
    wait_hours = models.IntegerField(null=True)
    attempts = models.IntegerField(default=0, db_default=0)
    document_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(direction__in=list(DIRECTIONS)), name="message_way_known"),
            models.CheckConstraint(
                condition=Q(channel__in=list(MESSAGE_CHANNELS)), name="message_channel_known"
            ),
            models.CheckConstraint(condition=Q(delivery__in=DELIVERIES), name="message_delivery_known"),
            models.CheckConstraint(condition=Q(sender_check__in=SENDER_CHECKS), name="message_check_known"),
            models.CheckConstraint(
                condition=Q(outcome__in=["", *CALL_OUTCOMES]), name="message_outcome_known"
            ),
            models.CheckConstraint(
                condition=~Q(direction="note") | Q(is_public=False), name="message_note_is_among_us"
            ),
            models.UniqueConstraint(
                fields=["case", "sent_key"], condition=~Q(sent_key=""), name="message_sent_once"
            ),
            models.UniqueConstraint(
                fields=["channel", "external_id"], condition=~Q(external_id=""), name="message_received_once"
            ),
        ]
        indexes = [
            models.Index(fields=["case", "at"], name="message_of_case"),
            models.Index(fields=["leaves_at"], name="message_to_leave", condition=Q(delivery="queued")),
            models.Index(fields=["at"], name="message_automatic", condition=Q(is_automatic=True)),
        ]


class Mailbox(models.Model):
    """An address people write to: read over IMAP, sent from over SMTP. Secrets are sealed (sealed_text).

    `acknowledges` is what was chosen; since `breaker_at` nothing is acknowledged all the same, because of
    `breaker_because`, until a person looked. Then `answers_since` is from when acknowledgements count anew.
    What comes here becomes cases with its `tag`, which a view of the inbox can be made of; complaints where
    it `is_for_complaints`. `tokens` says where access tokens come from (address, client_id, scope) where one
    signs in with XOAUTH2; `tokens_secret` seals what is needed for it, `access_token` the one that is good
    until `access_until`.

    `place_valid` and `place_uid` are how far its folder was read. `own_servers` are the names under which our
    own mail servers report what they found out about a sender. `problem` is why it could not be reached.
    """

    address = models.EmailField(unique=True)
    name = models.CharField(max_length=100)
    market = models.CharField(max_length=2)
    language = models.CharField(max_length=10, default="en")
    is_active = models.BooleanField(default=True)
    acknowledges = models.BooleanField(default=True)
    breaker_at = models.DateTimeField(null=True)
    breaker_because = models.CharField(max_length=200, default="", db_default="")
    answers_since = models.DateTimeField(null=True)
    tag = models.CharField(max_length=30, default="", db_default="")
    is_for_complaints = models.BooleanField(default=False, db_default=False)
    own_servers = models.JSONField(default=list, db_default=[])
    imap = models.JSONField()
    imap_secret = models.TextField()
    smtp = models.JSONField()
    smtp_secret = models.TextField()
    tokens = models.JSONField(default=dict, db_default={})
    tokens_secret = models.TextField(default="", db_default="")
    access_token = models.TextField(default="", db_default="")
    access_until = models.DateTimeField(null=True)
    place_valid = models.BigIntegerField(null=True)
    place_uid = models.BigIntegerField(default=0, db_default=0)
    read_at = models.DateTimeField(null=True)
    problem = models.TextField(default="", db_default="")
    added_by = models.CharField(max_length=80)
    added_at = models.DateTimeField()


class ReceivedMail(models.Model):
    """A message as a mailbox got it, redacted and kept before it is understood; then what became of it.

    `sender` and `subject` are kept where no case holds them. `tries` counts how often the database was in
    the way of taking it in.
    """

    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="received")
    message_id = models.CharField(max_length=998)
    salted_hash = models.CharField(max_length=64)
    document_id = models.BigIntegerField()
    state = models.CharField(max_length=10, default="kept")
    told = models.TextField(default="", db_default="")
    sender = models.CharField(max_length=254, default="", db_default="")
    subject = models.CharField(max_length=200, default="", db_default="")
    tries = models.IntegerField(default=0, db_default=0)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mailbox", "message_id", "salted_hash"], name="received_mail_once"
            ),
            models.CheckConstraint(condition=Q(state__in=RECEIVED_STATES), name="received_mail_state_known"),
        ]
        indexes = [
            models.Index(fields=["id"], name="received_mail_waits", condition=Q(state="kept")),
            models.Index(
                fields=["mailbox", "-id"],
                name="received_mail_left",
                condition=Q(state__in=["failed", "set_aside"]),
            ),
        ]


class CaseLink(models.Model):
    """What a case is about: (kind, id). Proposed by the desk, confirmed or rejected by a person."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="links", db_index=False)
    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    state = models.CharField(max_length=10, default="proposed")
    found_as = models.CharField(max_length=80, default="", db_default="")
    found_text = models.CharField(max_length=100, default="", db_default="")
    decided_by = models.CharField(max_length=80, default="", db_default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "kind", "object_id"], name="case_link_once"),
            models.CheckConstraint(condition=Q(state__in=LINK_STATES), name="case_link_state_known"),
        ]
        indexes = [models.Index(fields=["kind", "object_id"], name="case_link_object")]


class Draft(models.Model):
    """What somebody began to write, so that nothing is lost; `case_version` is what they had read.

    `facts` are those it was written with, as they were read: [{"name", "value", "at"}] (draft_facts.py).
    A draft of an answer is read by whoever may work the case, one of a note by its author alone. Where a
    colleague took it over, an empty one stays behind (`taken_by_id`, `at` that moment), so that a page which
    still shows the words does not write them back.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="drafts", db_index=False)
    person_id = models.BigIntegerField()
    text = models.TextField()
    is_note = models.BooleanField(default=False)
    facts = models.JSONField(default=list, db_default=[])
    case_version = models.IntegerField()
    taken_by_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "person_id"], name="draft_of_person_once"),
            models.CheckConstraint(
                condition=Q(taken_by_id=None) | Q(text="", facts=[]), name="draft_taken_over_is_empty"
            ),
        ]


class Commitment(models.Model):
    """What was promised to a customer, by when: its clock is of kind `commitment`."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="commitments")
    text = models.CharField(max_length=200)
    due_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    kept_at = models.DateTimeField(null=True)
    kept_by = models.CharField(max_length=80, default="", db_default="")


class Visit(models.Model):
    """Who looks at a case, and when last: who is on it now, and what is new to them since."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="visits", db_index=False)
    person_id = models.BigIntegerField()
    here_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "person_id"], name="visit_of_person_once")]
        indexes = [models.Index(fields=["here_at"], name="visit_now")]


from paydesk.domain.cases.family_models import SplitOff  # noqa: E402, F401
from paydesk.domain.cases.field_models import CaseField  # noqa: E402, F401
from paydesk.domain.cases.file_models import Attachment, WaitingFile  # noqa: E402, F401
from paydesk.domain.cases.side_models import Mention, SideMessage, SideTalk  # noqa: E402, F401
from paydesk.domain.cases.text_models import LetterTemplate, ReadyText  # noqa: E402, F401
