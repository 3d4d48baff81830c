"""The tables of doors."""

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
                name="CallScript",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("category", models.CharField(max_length=40)),
                    ("version", models.IntegerField()),
                    ("lines", models.JSONField()),
                    ("written_by", models.CharField(max_length=80)),
                    ("written_at", models.DateTimeField()),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("category", "version"), name="call_script_version_once"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Door",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("kind", models.CharField(max_length=5)),
                    ("name", models.CharField(max_length=100)),
                    ("market", models.CharField(max_length=2)),
                    ("language", models.CharField(default="en", max_length=2)),
                    ("key", models.CharField(max_length=32, unique=True)),
                    ("secret_digest", models.CharField(db_default="", default="", max_length=64)),
                    ("origins", models.JSONField(db_default=[], default=list)),
                    ("is_active", models.BooleanField(default=True)),
                    ("used_at", models.DateTimeField(null=True)),
                    ("added_by", models.CharField(max_length=80)),
                    ("added_at", models.DateTimeField()),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("kind__in", ["form", "chat", "phone"])),
                            name="door_kind_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("language__in", ["en", "fr", "sw"])),
                            name="door_language_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("kind", "phone"), ("secret_digest", ""), _connector="XOR"),
                            name="door_secret_of_a_telephone",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Chat",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("secret_digest", models.CharField(max_length=64, unique=True)),
                    ("language", models.CharField(max_length=2)),
                    ("started_at", models.DateTimeField()),
                    ("seen_at", models.DateTimeField()),
                    ("typing_at", models.DateTimeField(null=True)),
                    ("code_digest", models.CharField(db_default="", default="", max_length=64)),
                    ("code_until", models.DateTimeField(null=True)),
                    (
                        "case",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="chats",
                            to="cases.case",
                        ),
                    ),
                    (
                        "door",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="chats", to="doors.door"
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="StatusLink",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("kind", models.CharField(max_length=20)),
                    ("object_id", models.BigIntegerField()),
                    ("level", models.CharField(max_length=12)),
                    ("language", models.CharField(max_length=2)),
                    ("made_by", models.CharField(max_length=80)),
                    ("made_at", models.DateTimeField()),
                    ("expires_at", models.DateTimeField()),
                    ("withdrawn_at", models.DateTimeField(null=True)),
                    ("withdrawn_by", models.CharField(db_default="", default="", max_length=80)),
                    (
                        "case",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="status_links",
                            to="cases.case",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("level__in", ["unverified", "two_facts", "strong"])),
                            name="status_link_level_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("language__in", ["en", "fr", "sw"])),
                            name="status_link_language_known",
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
                    ("at", models.DateTimeField()),
                    (
                        "link",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="visits",
                            to="doors.statuslink",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["link", "-at"], name="visit_of_link"),
                        models.Index(fields=["at"], name="visit_at"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PhoneCall",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("external_id", models.CharField(max_length=100)),
                    ("market", models.CharField(max_length=2)),
                    ("number", models.CharField(db_default="", default="", max_length=15)),
                    ("for_person_id", models.BigIntegerField(null=True)),
                    ("state", models.CharField(default="ringing", max_length=8)),
                    ("rang_at", models.DateTimeField()),
                    ("answered_at", models.DateTimeField(null=True)),
                    ("ended_at", models.DateTimeField(null=True)),
                    ("taken_by_id", models.BigIntegerField(null=True)),
                    ("taken_at", models.DateTimeField(null=True)),
                    (
                        "case",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="phone_calls",
                            to="cases.case",
                        ),
                    ),
                    (
                        "door",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="calls",
                            to="doors.door",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("state", "ringing")),
                            fields=["market", "rang_at"],
                            name="phone_call_rings",
                        ),
                        models.Index(fields=["-rang_at"], name="phone_call_newest"),
                    ],
                    "constraints": [
                        models.UniqueConstraint(fields=("door", "external_id"), name="phone_call_once"),
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["ringing", "answered", "ended", "missed"])),
                            name="phone_call_state_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ProofTry",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("customer_id", models.BigIntegerField(null=True)),
                    ("held", models.BooleanField()),
                    ("at", models.DateTimeField()),
                    (
                        "chat",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="tries", to="doors.chat"
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("held", False)),
                            fields=["customer_id", "at"],
                            name="try_about",
                        )
                    ],
                },
            ),
        ),
    ]
