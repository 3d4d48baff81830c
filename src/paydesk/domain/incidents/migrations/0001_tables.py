"""The tables of incidents."""

import django.db.models.deletion
from django.db import migrations, models

from paydesk.foundation.migrating.tables_at_once import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0001_tables"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="Incident",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("title", models.CharField(max_length=120)),
                    ("state", models.CharField(default="proposed", max_length=10)),
                    ("found_by", models.CharField(max_length=8)),
                    ("why", models.CharField(max_length=500)),
                    ("words", models.JSONField(db_default=[], default=list)),
                    ("shares", models.JSONField(db_default=[], default=list)),
                    ("category", models.CharField(db_default="", default="", max_length=40)),
                    ("root_cause", models.CharField(db_default="", default="", max_length=40)),
                    ("proposed_by", models.CharField(max_length=80)),
                    ("proposed_at", models.DateTimeField()),
                    ("adopted_by", models.CharField(db_default="", default="", max_length=80)),
                    ("adopted_at", models.DateTimeField(null=True)),
                    ("ended_by", models.CharField(db_default="", default="", max_length=80)),
                    ("ended_at", models.DateTimeField(null=True)),
                    ("reason", models.CharField(db_default="", default="", max_length=500)),
                    ("version", models.IntegerField(db_default=1, default=1)),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["market", "state", "-proposed_at"], name="incident_by_state")
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["proposed", "open", "rejected", "closed"])),
                            name="incident_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("found_by__in", ["words", "money", "person"])),
                            name="incident_found_by_known",
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
                            name="incident_root_cause_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("ended_at__isnull", False), ("state__in", ("closed", "rejected"))),
                                models.Q(
                                    models.Q(("state__in", ("closed", "rejected")), _negated=True),
                                    ("ended_at", None),
                                ),
                                _connector="OR",
                            ),
                            name="incident_ended_has_its_time",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("title", ""), _negated=True), name="incident_has_a_title"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Broadcast",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("text", models.TextField()),
                    ("state", models.CharField(default="drafted", max_length=8)),
                    ("made_by", models.CharField(max_length=80)),
                    ("person_id", models.BigIntegerField(null=True)),
                    ("made_at", models.DateTimeField()),
                    ("sent_at", models.DateTimeField(null=True)),
                    (
                        "incident",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="broadcasts",
                            to="incidents.incident",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["drafted", "sending", "dropped", "sent"])),
                            name="broadcast_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("text", ""), _negated=True), name="broadcast_says_something"
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("state", "sending")),
                            fields=("incident",),
                            name="broadcast_one_at_a_time",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="IncidentCase",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("state", models.CharField(default="in", max_length=3)),
                    ("added_by", models.CharField(max_length=80)),
                    ("at", models.DateTimeField()),
                    (
                        "case",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="incidents",
                            to="cases.case",
                        ),
                    ),
                    (
                        "incident",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="members",
                            to="incidents.incident",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("incident", "case"), name="incident_case_once"),
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ("in", "out"))), name="incident_case_state_known"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="BroadcastTo",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("state", models.CharField(default="waits", max_length=10)),
                    ("text", models.TextField(db_default="", default="")),
                    ("facts", models.JSONField(db_default={}, default=dict)),
                    ("case_version", models.IntegerField()),
                    ("message_id", models.BigIntegerField(null=True)),
                    ("why", models.TextField(db_default="", default="")),
                    (
                        "broadcast",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="to",
                            to="incidents.broadcast",
                        ),
                    ),
                    (
                        "case",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("broadcast", "case"), name="broadcast_to_case_once"),
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["waits", "told", "held", "elsewhere"])),
                            name="broadcast_told_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("message_id__isnull", False), ("state", "told")),
                                models.Q(models.Q(("state", "told"), _negated=True), ("message_id", None)),
                                _connector="OR",
                            ),
                            name="broadcast_told_by_a_message",
                        ),
                    ],
                },
            ),
        ),
    ]
