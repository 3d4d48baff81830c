"""The tables of reversal requests."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("payments", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReversalRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("market", models.CharField(max_length=2)),
                ("state", models.CharField(default="requested", max_length=10)),
                ("amount_minor", models.BigIntegerField()),
                ("held_minor", models.BigIntegerField(default=0)),
                ("currency", models.CharField(max_length=3)),
                ("reversed_before_minor", models.BigIntegerField()),
                ("case_number", models.CharField(max_length=64)),
                ("reason", models.CharField(max_length=20)),
                ("requested_at", models.DateTimeField()),
                ("note", models.TextField(default="")),
                ("evidence_id", models.BigIntegerField(null=True)),
                ("recorded_by_id", models.BigIntegerField(null=True)),
                ("recorded_by", models.CharField(max_length=80)),
                ("recorded_at", models.DateTimeField()),
                ("contest_reason", models.CharField(default="", max_length=20)),
                ("answer_note", models.TextField(default="")),
                ("proof_id", models.BigIntegerField(null=True)),
                ("answered_by", models.CharField(default="", max_length=80)),
                ("answered_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("outcome_note", models.TextField(default="")),
                ("version", models.IntegerField(default=1)),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversal_requests",
                        to="payments.payment",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["market", "state", "requested_at"], name="reversal_request_queue")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["requested", "locked", "accepted", "contested", "reversed", "released"],
                            )
                        ),
                        name="reversal_request_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="reversal_request_above_zero"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "reason__in",
                                [
                                    "wrong_recipient",
                                    "wrong_amount",
                                    "duplicate",
                                    "not_delivered",
                                    "fraud",
                                    "other",
                                ],
                            )
                        ),
                        name="reversal_request_reason_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "contest_reason__in",
                                [
                                    "",
                                    "value_given",
                                    "no_consent",
                                    "gone_back",
                                    "another_account",
                                    "too_late",
                                    "other",
                                ],
                            )
                        ),
                        name="reversal_request_contest_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("held_minor", models.F("amount_minor")),
                                ("state__in", ("locked", "accepted")),
                            ),
                            models.Q(
                                models.Q(("state__in", ("locked", "accepted")), _negated=True),
                                ("held_minor", 0),
                            ),
                            _connector="OR",
                        ),
                        name="reversal_request_holds_while_open",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("requested", "locked", "accepted", "contested"))),
                        fields=("payment",),
                        name="reversal_request_open_once",
                    ),
                    models.UniqueConstraint(
                        fields=("payment", "case_number"), name="reversal_request_case_once"
                    ),
                ],
            },
        ),
    ]
