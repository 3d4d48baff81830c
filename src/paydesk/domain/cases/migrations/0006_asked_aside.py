"""Side conversations of cases: somebody else is asked, and answers under a clock."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0005_known_on_a_channel"),
    ]

    operations = [
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
        ),
        migrations.AddIndex(
            model_name="sidetalk",
            index=models.Index(
                condition=models.Q(("state", "closed"), _negated=True),
                fields=["market", "opened_at"],
                name="side_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="sidetalk",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "answered", "closed"])), name="side_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="sidetalk",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "with_whom__in",
                        ["finance", "sales", "engineering", "risk", "provider", "acquirer", "other"],
                    )
                ),
                name="side_with_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="sidetalk",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("address", ""), _negated=True),
                    models.Q(("asked_ids", []), _negated=True),
                    models.Q(("asked_role", ""), _negated=True),
                    _connector="OR",
                ),
                name="side_asks_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="sidemessage",
            index=models.Index(fields=["side", "at"], name="side_message_of_side"),
        ),
        migrations.AddIndex(
            model_name="sidemessage",
            index=models.Index(
                condition=models.Q(("delivery", "queued")), fields=["leaves_at"], name="side_message_to_leave"
            ),
        ),
        migrations.AddConstraint(
            model_name="sidemessage",
            constraint=models.CheckConstraint(
                condition=models.Q(("direction__in", ("out", "in", "note"))), name="side_message_way_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="sidemessage",
            constraint=models.CheckConstraint(
                condition=models.Q(("delivery__in", ("", "queued", "sent", "failed"))),
                name="side_message_delivery_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="sidemessage",
            constraint=models.UniqueConstraint(
                condition=models.Q(("sent_key", ""), _negated=True),
                fields=("side", "sent_key"),
                name="side_message_sent_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="sidemessage",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=("external_id",),
                name="side_message_received_once",
            ),
        ),
    ]
