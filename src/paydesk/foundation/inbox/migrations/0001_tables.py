"""The tables of inbox."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=24)),
                ("source_kind", models.CharField(max_length=32)),
                ("source_id", models.BigIntegerField()),
                ("channel", models.CharField(max_length=32)),
                ("market", models.CharField(max_length=2)),
                ("body", models.BinaryField()),
                ("headers", models.JSONField()),
                ("content_hash", models.BinaryField(max_length=32)),
                ("received_at", models.DateTimeField()),
                ("state", models.CharField(default="received", max_length=12)),
                ("reason", models.TextField(default="")),
                ("attempts", models.SmallIntegerField(default=0)),
                ("outcome", models.CharField(default="", max_length=24)),
                ("became_kind", models.CharField(default="", max_length=32)),
                ("became_id", models.BigIntegerField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("repeats", models.IntegerField(default=0)),
                ("repeated_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "received")),
                        fields=["kind", "id"],
                        name="inbox_message_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("state", "rejected")),
                        fields=["kind", "id"],
                        name="inbox_message_rejected",
                    ),
                    models.Index(fields=["source_kind", "source_id", "id"], name="inbox_message_source"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source_kind", "source_id", "channel", "content_hash"),
                        name="inbox_message_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["received", "understood", "rejected"])),
                        name="inbox_message_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "rejected"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="inbox_message_rejected_with_reason",
                    ),
                ],
            },
        ),
    ]
