"""What we ask of the platform about money of a seller."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("marketplace", "0002_written_once"),
        ("parties", "0003_name_words"),
    ]

    operations = [
        migrations.CreateModel(
            name="PlatformAsk",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("market", models.CharField(max_length=2)),
                ("kind", models.CharField(max_length=8)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("reason", models.TextField()),
                ("case_id", models.BigIntegerField(null=True)),
                ("state", models.CharField(default="requested", max_length=10)),
                ("asked_by_id", models.BigIntegerField(null=True)),
                ("asked_by", models.CharField(max_length=80)),
                ("asked_at", models.DateTimeField()),
                ("told_by", models.CharField(db_default="", default="", max_length=80)),
                ("told_at", models.DateTimeField(null=True)),
                ("told_in", models.BigIntegerField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "answer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="marketplace.marketevent",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="asks", to="parties.party"
                    ),
                ),
                (
                    "withdrawal",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="asks",
                        to="marketplace.withdrawal",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("requested", "approved", "told"))),
                        fields=["market", "state"],
                        name="platform_ask_live",
                    ),
                    models.Index(fields=["party", "-id"], name="platform_ask_of_seller"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["where", "again", "hold", "release"]),
                            (
                                "state__in",
                                ["requested", "approved", "rejected", "cancelled", "told", "answered"],
                            ),
                        ),
                        name="platform_ask_words_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ("where", "again")), ("withdrawal__isnull", False)),
                            models.Q(
                                models.Q(("kind__in", ("where", "again")), _negated=True),
                                ("withdrawal", None),
                            ),
                            _connector="OR",
                        ),
                        name="platform_ask_about_one_thing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="platform_ask_above_zero"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "told"), ("told_at__isnull", False)),
                            models.Q(("state", "told"), _negated=True),
                            _connector="OR",
                        ),
                        name="platform_ask_told_has_its_time",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("requested", "approved", "told"))),
                        fields=("kind", "withdrawal"),
                        name="platform_ask_of_withdrawal_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ("requested", "approved", "told")), ("withdrawal", None)
                        ),
                        fields=("kind", "party"),
                        name="platform_ask_of_seller_once",
                    ),
                ],
            },
        ),
    ]
