"""The tables of people."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from paydesk.foundation.migrating.tables_at_once import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="Team",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    ("name", models.CharField(max_length=80, unique=True)),
                ],
                options={
                    "db_table": "people_team",
                },
            ),
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
                            condition=models.Q(("code__regex", "^[A-Z]{2}$")), name="market_code_is_iso"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("currency__regex", "^[A-Z]{3}$")),
                            name="market_currency_is_iso",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Person",
                fields=[
                    ("password", models.CharField(max_length=128, verbose_name="password")),
                    ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    ("email", models.EmailField(max_length=254)),
                    ("name", models.CharField(max_length=120)),
                    ("initials", models.CharField(max_length=2)),
                    ("is_active", models.BooleanField(db_default=True, default=True)),
                    ("is_demo", models.BooleanField(db_default=False, default=False)),
                    ("works_in_all_markets", models.BooleanField(db_default=False, default=False)),
                    ("time_zone", models.CharField(default="UTC", max_length=40)),
                    ("keyboard_shortcuts", models.BooleanField(db_default=True, default=True)),
                    ("created_at", models.DateTimeField()),
                    ("sessions_number", models.PositiveIntegerField(db_default=0, default=0)),
                    ("due_exams", models.JSONField(db_default=[], default=list)),
                    ("markets", models.ManyToManyField(db_table="people_person_market", to="people.market")),
                    (
                        "team",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="people",
                            to="people.team",
                        ),
                    ),
                ],
                options={
                    "db_table": "people_person",
                    "constraints": [
                        models.UniqueConstraint(fields=("email",), name="one_person_per_email"),
                        models.CheckConstraint(
                            condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                            name="person_email_in_small_letters",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="RestrictedView",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    ("subject_kind", models.CharField(max_length=40)),
                    ("subject_id", models.BigIntegerField()),
                    ("market", models.CharField(max_length=2)),
                    ("begun_by", models.CharField(max_length=80)),
                    ("begun_at", models.DateTimeField()),
                    ("ended_by", models.CharField(db_default="", default="", max_length=80)),
                    ("ended_at", models.DateTimeField(null=True)),
                ],
                options={
                    "db_table": "people_restricted_view",
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("ended_at", None)),
                            fields=("subject_kind", "subject_id"),
                            name="restricted_view_once",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="PersonRole",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    ("role", models.CharField(max_length=2)),
                    (
                        "person",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="roles",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "db_table": "people_person_role",
                    "constraints": [
                        models.UniqueConstraint(fields=("person", "role"), name="a_role_is_held_once"),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("role__in", ["AN", "SU", "CO", "SD", "TL", "FC", "RK", "QA", "AU", "AD"])
                            ),
                            name="role_is_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="RestrictedThing",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    ("subject_kind", models.CharField(max_length=40)),
                    ("subject_id", models.BigIntegerField()),
                    (
                        "view",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="things",
                            to="people.restrictedview",
                        ),
                    ),
                ],
                options={
                    "db_table": "people_restricted_thing",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("subject_kind", "subject_id"), name="restricted_thing_once"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="RestrictedViewer",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    ("named_by", models.CharField(max_length=80)),
                    ("named_at", models.DateTimeField()),
                    ("opened_at", models.DateTimeField(null=True)),
                    (
                        "person",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "view",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="viewers",
                            to="people.restrictedview",
                        ),
                    ),
                ],
                options={
                    "db_table": "people_restricted_viewer",
                    "constraints": [
                        models.UniqueConstraint(fields=("view", "person"), name="restricted_viewer_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Reveal",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    ("subject_kind", models.CharField(max_length=40)),
                    ("subject_id", models.BigIntegerField()),
                    ("at", models.DateTimeField()),
                    ("until", models.DateTimeField()),
                    (
                        "person",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="reveals",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "db_table": "people_reveal",
                    "indexes": [models.Index(fields=["person", "at"], name="reveal_of_person")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("until__gt", models.F("at"))),
                            name="reveal_ends_after_it_begins",
                        )
                    ],
                },
            ),
        ),
    ]
