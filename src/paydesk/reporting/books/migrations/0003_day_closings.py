"""Requests to close days of a market or open them again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("books", "0002_written_once"),
    ]

    operations = [
        migrations.CreateModel(
            name="DayClosing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("market", models.CharField(max_length=2)),
                ("kind", models.CharField(max_length=6)),
                ("day", models.DateField()),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("open_points", models.JSONField(default=dict)),
                ("state", models.CharField(default="pending", max_length=10)),
                ("approval_id", models.BigIntegerField()),
                ("asked_by", models.CharField(max_length=80)),
                ("asked_at", models.DateTimeField()),
                ("decided_by", models.CharField(blank=True, max_length=80)),
                ("decided_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "books_day_closing",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "pending")),
                        fields=("market",),
                        name="books_day_closing_one_pending",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["close", "reopen"])), name="books_day_closing_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["pending", "done", "refused", "withdrawn"])),
                        name="books_day_closing_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", models.F("asked_by")),
                            ("state__in", ["done", "refused"]),
                            _negated=True,
                        ),
                        name="books_day_closing_by_two",
                    ),
                ],
            },
        ),
    ]
