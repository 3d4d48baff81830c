"""Markets, teams and the people who sign in."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar = [("audit", "0001_application_role")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Market",
            fields=[
                ("code", models.CharField(max_length=2, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=60)),
                ("currency", models.CharField(max_length=3)),
                ("time_zone", models.CharField(max_length=40)),
                ("calendar_country", models.CharField(max_length=2)),
            ],
            options={
                "db_table": "people_market",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(code__regex="^[A-Z]{2}$"), name="market_code_is_iso"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(currency__regex="^[A-Z]{3}$"), name="market_currency_is_iso"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=80, unique=True)),
            ],
            options={"db_table": "people_team"},
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("email", models.EmailField(max_length=254)),
                ("name", models.CharField(max_length=120)),
                ("initials", models.CharField(max_length=2)),
                (
                    "team",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="people",
                        to="people.team",
                    ),
                ),
                ("is_active", models.BooleanField(db_default=True, default=True)),
                ("is_demo", models.BooleanField(db_default=False, default=False)),
                ("works_in_all_markets", models.BooleanField(db_default=False, default=False)),
                ("markets", models.ManyToManyField(db_table="people_person_market", to="people.market")),
                ("time_zone", models.CharField(default="UTC", max_length=40)),
                ("keyboard_shortcuts", models.BooleanField(db_default=True, default=True)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "db_table": "people_person",
                "constraints": [
                    models.UniqueConstraint(fields=["email"], name="one_person_per_email"),
                    models.CheckConstraint(
                        condition=models.Q(email=Lower("email")), name="person_email_in_small_letters"
                    ),
                ],
            },
        ),
    ]
