"""The tables of cases."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

from paydesk.foundation.migrating.tables_at_once import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("parties", "0001_trigrams"),
        ("parties", "0002_tables"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="CategoryTree",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("version", models.IntegerField(unique=True)),
                    ("tree", models.JSONField()),
                    ("made_by", models.CharField(max_length=80)),
                    ("made_at", models.DateTimeField()),
                ],
            ),
            migrations.CreateModel(
                name="Mailbox",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("address", models.EmailField(max_length=254, unique=True)),
                    ("name", models.CharField(max_length=100)),
                    ("market", models.CharField(max_length=2)),
                    ("language", models.CharField(default="en", max_length=10)),
                    ("is_active", models.BooleanField(default=True)),
                    ("acknowledges", models.BooleanField(default=True)),
                    ("own_servers", models.JSONField(db_default=[], default=list)),
                    ("imap", models.JSONField()),
                    ("imap_secret", models.TextField()),
                    ("smtp", models.JSONField()),
                    ("smtp_secret", models.TextField()),
                    ("place_valid", models.BigIntegerField(null=True)),
                    ("place_uid", models.BigIntegerField(db_default=0, default=0)),
                    ("read_at", models.DateTimeField(null=True)),
                    ("problem", models.TextField(db_default="", default="")),
                    ("added_by", models.CharField(max_length=80)),
                    ("added_at", models.DateTimeField()),
                ],
            ),
            migrations.CreateModel(
                name="Case",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("channel", models.CharField(max_length=10)),
                    ("subject", models.CharField(max_length=200)),
                    ("state", models.CharField(default="new", max_length=12)),
                    ("waits_for", models.CharField(db_default="", default="", max_length=10)),
                    ("wakes_at", models.DateTimeField(null=True)),
                    ("severity", models.CharField(default="normal", max_length=8)),
                    ("harms", models.JSONField(db_default=[], default=list)),
                    ("is_complaint", models.BooleanField(db_default=False, default=False)),
                    ("category", models.CharField(db_default="", default="", max_length=40)),
                    ("category_version", models.IntegerField(null=True)),
                    ("root_cause", models.CharField(db_default="", default="", max_length=40)),
                    ("money_outcome", models.CharField(db_default="", default="", max_length=20)),
                    ("checked", models.JSONField(db_default=[], default=list)),
                    ("tags", models.JSONField(db_default=[], default=list)),
                    ("amount_minor", models.BigIntegerField(null=True)),
                    ("currency", models.CharField(db_default="", default="", max_length=3)),
                    ("party_role", models.CharField(default="unknown", max_length=12)),
                    ("contact", models.CharField(db_default="", default="", max_length=254)),
                    ("contact_name", models.CharField(db_default="", default="", max_length=200)),
                    ("language", models.CharField(default="en", max_length=10)),
                    ("level", models.CharField(default="unverified", max_length=12)),
                    ("level_how", models.CharField(db_default="", default="", max_length=200)),
                    ("level_channel", models.CharField(db_default="", default="", max_length=10)),
                    ("opened_at", models.DateTimeField()),
                    ("opened_by", models.CharField(max_length=80)),
                    ("last_message_at", models.DateTimeField(null=True)),
                    ("unanswered_since", models.DateTimeField(null=True)),
                    ("first_answered_at", models.DateTimeField(null=True)),
                    ("resolved_at", models.DateTimeField(null=True)),
                    ("closed_at", models.DateTimeField(null=True)),
                    ("reopens", models.IntegerField(db_default=0, default=0)),
                    ("version", models.IntegerField(db_default=1, default=1)),
                    ("owned_by", models.BigIntegerField(editable=False, null=True)),
                    (
                        "customer",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="cases",
                            to="parties.customer",
                        ),
                    ),
                    (
                        "follows",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="followed_by",
                            to="cases.case",
                        ),
                    ),
                    (
                        "merged_into",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="absorbed",
                            to="cases.case",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["market", "state", "-last_message_at"], name="case_by_state"),
                        models.Index(
                            models.OrderBy(models.F("unanswered_since"), nulls_last=True),
                            models.F("opened_at"),
                            models.F("id"),
                            condition=models.Q(("state__in", ("new", "triaged", "in_progress", "waiting"))),
                            name="case_open_in_order",
                        ),
                        models.Index(
                            condition=models.Q(("state__in", ("new", "triaged", "in_progress", "waiting"))),
                            fields=["market", "owned_by", "state", "id"],
                            name="case_open_of_owner",
                        ),
                        django.contrib.postgres.indexes.GinIndex(
                            django.contrib.postgres.indexes.OpClass(
                                django.db.models.functions.text.Upper("subject"), name="gin_trgm_ops"
                            ),
                            name="case_subject_words",
                        ),
                        models.Index(
                            condition=models.Q(("contact", ""), _negated=True),
                            fields=["contact"],
                            name="case_contact",
                        ),
                        models.Index(
                            condition=models.Q(("state", "resolved")),
                            fields=["resolved_at"],
                            name="case_to_close",
                        ),
                        models.Index(
                            condition=models.Q(("wakes_at__isnull", False)),
                            fields=["wakes_at"],
                            name="case_to_wake",
                        ),
                        models.Index(fields=["category", "opened_at"], name="case_by_category"),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "state__in",
                                    [
                                        "new",
                                        "triaged",
                                        "waiting",
                                        "in_progress",
                                        "resolved",
                                        "closed",
                                        "merged",
                                    ],
                                )
                            ),
                            name="case_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("channel__in", ["email", "phone", "chat", "web_form", "by_hand"])
                            ),
                            name="case_channel_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("severity__in", ("low", "normal", "high", "urgent"))),
                            name="case_severity_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "party_role__in",
                                    ["customer", "merchant", "seller", "third_party", "unknown"],
                                )
                            ),
                            name="case_party_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("level__in", ["unverified", "two_facts", "strong"])),
                            name="case_level_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "root_cause__in",
                                    [
                                        "",
                                        "not_received",
                                        "duplicate_charge",
                                        "wrong_amount",
                                        "wrong_recipient",
                                        "refund_late",
                                        "payout_late",
                                        "unauthorised",
                                        "account_locked_after_payment",
                                        "fee_surprise",
                                        "fx",
                                        "failed_but_debited",
                                        "merchant_fault",
                                        "provider_outage",
                                        "own_defect",
                                        "payer_mistake",
                                        "none",
                                    ],
                                )
                            ),
                            name="case_root_cause_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "money_outcome__in",
                                    [
                                        "",
                                        "none",
                                        "applied",
                                        "moved",
                                        "refunded",
                                        "goodwill",
                                        "with_provider",
                                        "lost",
                                    ],
                                )
                            ),
                            name="case_money_outcome_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("state", "waiting"),
                                    ("waits_for__in", ["customer", "provider", "internal"]),
                                ),
                                models.Q(
                                    models.Q(("state", "waiting"), _negated=True),
                                    ("waits_for", ""),
                                    ("wakes_at__isnull", True),
                                ),
                                _connector="OR",
                            ),
                            name="case_waits_for_something",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("merged_into__isnull", False), ("state", "merged")),
                                models.Q(
                                    models.Q(("state", "merged"), _negated=True),
                                    ("merged_into__isnull", True),
                                ),
                                _connector="OR",
                            ),
                            name="case_merged_into_another",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("merged_into", models.F("id")), _negated=True),
                            name="case_not_into_itself",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("resolved_at__isnull", False), ("state__in", ["resolved", "closed"])
                                ),
                                models.Q(("state__in", ["resolved", "closed"]), _negated=True),
                                _connector="OR",
                            ),
                            name="case_resolved_has_its_time",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("amount_minor__isnull", True),
                                models.Q(("amount_minor__gt", 0), models.Q(("currency", ""), _negated=True)),
                                _connector="OR",
                            ),
                            name="case_amount_has_a_currency",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="CaseLink",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("kind", models.CharField(max_length=20)),
                    ("object_id", models.BigIntegerField()),
                    ("state", models.CharField(default="proposed", max_length=10)),
                    ("found_as", models.CharField(db_default="", default="", max_length=80)),
                    ("found_text", models.CharField(db_default="", default="", max_length=100)),
                    ("decided_by", models.CharField(db_default="", default="", max_length=80)),
                    ("at", models.DateTimeField()),
                    (
                        "case",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="links",
                            to="cases.case",
                        ),
                    ),
                ],
                options={
                    "indexes": [models.Index(fields=["kind", "object_id"], name="case_link_object")],
                    "constraints": [
                        models.UniqueConstraint(fields=("case", "kind", "object_id"), name="case_link_once"),
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ("proposed", "confirmed", "rejected"))),
                            name="case_link_state_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Commitment",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("text", models.CharField(max_length=200)),
                    ("due_at", models.DateTimeField()),
                    ("made_by", models.CharField(max_length=80)),
                    ("made_at", models.DateTimeField()),
                    ("kept_at", models.DateTimeField(null=True)),
                    ("kept_by", models.CharField(db_default="", default="", max_length=80)),
                    (
                        "case",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="commitments",
                            to="cases.case",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Draft",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("person_id", models.BigIntegerField()),
                    ("text", models.TextField()),
                    ("is_note", models.BooleanField(default=False)),
                    ("case_version", models.IntegerField()),
                    ("at", models.DateTimeField()),
                    (
                        "case",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="drafts",
                            to="cases.case",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("case", "person_id"), name="draft_of_person_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="LetterTemplate",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("key", models.CharField(max_length=60)),
                    ("language", models.CharField(max_length=10)),
                    ("version", models.IntegerField()),
                    ("title", models.CharField(max_length=80)),
                    ("document_id", models.BigIntegerField()),
                    ("is_retired", models.BooleanField(db_default=False, default=False)),
                    ("made_by", models.CharField(max_length=80)),
                    ("made_at", models.DateTimeField()),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("key", "language", "version"), name="letter_version_once"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Message",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("direction", models.CharField(max_length=4)),
                    ("channel", models.CharField(max_length=10)),
                    ("is_public", models.BooleanField(default=True)),
                    ("author", models.CharField(db_default="", default="", max_length=80)),
                    ("sender", models.CharField(db_default="", default="", max_length=254)),
                    ("recipients", models.JSONField(db_default=[], default=list)),
                    ("text", models.TextField()),
                    ("full_text", models.TextField(db_default="", default="")),
                    ("html", models.TextField(db_default="", default="")),
                    ("outcome", models.CharField(db_default="", default="", max_length=20)),
                    ("delivery", models.CharField(db_default="", default="", max_length=10)),
                    ("leaves_at", models.DateTimeField(null=True)),
                    ("external_id", models.CharField(db_default="", default="", max_length=998)),
                    ("sent_key", models.CharField(db_default="", default="", max_length=64)),
                    ("facts", models.JSONField(db_default={}, default=dict)),
                    ("is_automatic", models.BooleanField(db_default=False, default=False)),
                    ("wait_hours", models.IntegerField(null=True)),
                    ("attempts", models.IntegerField(db_default=0, default=0)),
                    ("document_id", models.BigIntegerField(null=True)),
                    ("at", models.DateTimeField()),
                    (
                        "case",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="messages",
                            to="cases.case",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["case", "at"], name="message_of_case"),
                        models.Index(
                            condition=models.Q(("delivery", "queued")),
                            fields=["leaves_at"],
                            name="message_to_leave",
                        ),
                        models.Index(
                            condition=models.Q(("is_automatic", True)),
                            fields=["at"],
                            name="message_automatic",
                        ),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("direction__in", ["in", "out", "note"])),
                            name="message_way_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("channel__in", ["email", "phone", "chat", "web_form", "by_hand"])
                            ),
                            name="message_channel_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "delivery__in",
                                    ("", "queued", "held", "sent", "delivered", "failed", "taken_back"),
                                )
                            ),
                            name="message_delivery_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "outcome__in",
                                    [
                                        "",
                                        "answered",
                                        "no_answer",
                                        "busy",
                                        "switched_off",
                                        "wrong_number",
                                        "call_back",
                                        "third_party",
                                    ],
                                )
                            ),
                            name="message_outcome_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("direction", "note"), _negated=True),
                                ("is_public", False),
                                _connector="OR",
                            ),
                            name="message_note_is_among_us",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("sent_key", ""), _negated=True),
                            fields=("case", "sent_key"),
                            name="message_sent_once",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("external_id", ""), _negated=True),
                            fields=("channel", "external_id"),
                            name="message_received_once",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Attachment",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("document_id", models.BigIntegerField()),
                    ("name", models.CharField(max_length=255)),
                    ("content_type", models.CharField(max_length=100)),
                    ("size_bytes", models.BigIntegerField()),
                    ("sha256", models.CharField(max_length=64)),
                    (
                        "message",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="attachments",
                            to="cases.message",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="ReadyText",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("key", models.CharField(max_length=60)),
                    ("version", models.IntegerField()),
                    ("title", models.CharField(max_length=80)),
                    ("market", models.CharField(db_default="", default="", max_length=2)),
                    ("category", models.CharField(db_default="", default="", max_length=40)),
                    ("texts", models.JSONField()),
                    ("then_category", models.CharField(db_default="", default="", max_length=40)),
                    ("then_wait_hours", models.IntegerField(null=True)),
                    ("is_retired", models.BooleanField(db_default=False, default=False)),
                    ("made_by", models.CharField(max_length=80)),
                    ("made_at", models.DateTimeField()),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("key", "version"), name="ready_text_version_once"),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("then_wait_hours__isnull", True), ("then_wait_hours__gt", 0), _connector="OR"
                            ),
                            name="ready_text_waits_forward",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ReceivedMail",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("message_id", models.CharField(max_length=998)),
                    ("salted_hash", models.CharField(max_length=64)),
                    ("document_id", models.BigIntegerField()),
                    ("state", models.CharField(default="kept", max_length=10)),
                    ("told", models.TextField(db_default="", default="")),
                    ("received_at", models.DateTimeField()),
                    (
                        "case",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="cases.case",
                        ),
                    ),
                    (
                        "mailbox",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="received",
                            to="cases.mailbox",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("state", "kept")), fields=["id"], name="received_mail_waits"
                        )
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("mailbox", "message_id", "salted_hash"), name="received_mail_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("state__in", ("kept", "in_case", "bounce", "set_aside", "failed"))
                            ),
                            name="received_mail_state_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="SideTalk",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("with_whom", models.CharField(max_length=12)),
                    ("subject", models.CharField(max_length=200)),
                    ("address", models.CharField(db_default="", default="", max_length=254)),
                    ("asked_ids", models.JSONField(db_default=[], default=list)),
                    ("asked_role", models.CharField(db_default="", default="", max_length=2)),
                    ("state", models.CharField(default="open", max_length=10)),
                    ("opened_by_id", models.BigIntegerField(null=True)),
                    ("opened_by", models.CharField(max_length=80)),
                    ("opened_at", models.DateTimeField()),
                    ("answered_at", models.DateTimeField(null=True)),
                    ("closed_at", models.DateTimeField(null=True)),
                    ("version", models.IntegerField(db_default=1, default=1)),
                    (
                        "case",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="sides", to="cases.case"
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("state", "closed"), _negated=True),
                            fields=["market", "opened_at"],
                            name="side_open",
                        )
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["open", "answered", "closed"])),
                            name="side_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "with_whom__in",
                                    [
                                        "finance",
                                        "sales",
                                        "engineering",
                                        "risk",
                                        "provider",
                                        "acquirer",
                                        "other",
                                    ],
                                )
                            ),
                            name="side_with_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("address", ""), _negated=True),
                                models.Q(("asked_ids", []), _negated=True),
                                models.Q(("asked_role", ""), _negated=True),
                                _connector="OR",
                            ),
                            name="side_asks_somebody",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="SideMessage",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("direction", models.CharField(max_length=4)),
                    ("author", models.CharField(db_default="", default="", max_length=80)),
                    ("sender", models.CharField(db_default="", default="", max_length=254)),
                    ("text", models.TextField()),
                    ("delivery", models.CharField(db_default="", default="", max_length=10)),
                    ("leaves_at", models.DateTimeField(null=True)),
                    ("attempts", models.IntegerField(db_default=0, default=0)),
                    ("external_id", models.CharField(db_default="", default="", max_length=998)),
                    ("sent_key", models.CharField(db_default="", default="", max_length=64)),
                    ("document_id", models.BigIntegerField(null=True)),
                    ("at", models.DateTimeField()),
                    (
                        "side",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="messages",
                            to="cases.sidetalk",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["side", "at"], name="side_message_of_side"),
                        models.Index(
                            condition=models.Q(("delivery", "queued")),
                            fields=["leaves_at"],
                            name="side_message_to_leave",
                        ),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("direction__in", ("out", "in", "note"))),
                            name="side_message_way_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("delivery__in", ("", "queued", "sent", "failed"))),
                            name="side_message_delivery_known",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("sent_key", ""), _negated=True),
                            fields=("side", "sent_key"),
                            name="side_message_sent_once",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("external_id", ""), _negated=True),
                            fields=("external_id",),
                            name="side_message_received_once",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Visit",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("person_id", models.BigIntegerField()),
                    ("here_at", models.DateTimeField()),
                    (
                        "case",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="visits",
                            to="cases.case",
                        ),
                    ),
                ],
                options={
                    "indexes": [models.Index(fields=["here_at"], name="visit_now")],
                    "constraints": [
                        models.UniqueConstraint(fields=("case", "person_id"), name="visit_of_person_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="WaitingFile",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("person_id", models.BigIntegerField()),
                    ("document_id", models.BigIntegerField()),
                    ("name", models.CharField(max_length=255)),
                    ("content_type", models.CharField(max_length=100)),
                    ("size_bytes", models.BigIntegerField()),
                    ("sha256", models.CharField(max_length=64)),
                    ("told", models.CharField(db_default="", default="", max_length=200)),
                    ("at", models.DateTimeField()),
                    (
                        "case",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="waiting_files",
                            to="cases.case",
                        ),
                    ),
                ],
                options={
                    "indexes": [models.Index(fields=["case", "person_id"], name="waiting_file_of_person")],
                },
            ),
        ),
    ]
