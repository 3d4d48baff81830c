"""The tables of saved views."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from paydesk.foundation.migrating.tables_at_once import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "__first__"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="SavedView",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    ("place", models.CharField(max_length=20)),
                    ("name", models.CharField(max_length=40)),
                    ("query", models.CharField(max_length=500)),
                    ("is_shared", models.BooleanField(db_default=False, default=False)),
                    ("made_at", models.DateTimeField()),
                    (
                        "person",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="saved_views",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "db_table": "saved_views_view",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("person", "place", "name"), name="saved_view_name_once"
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("is_shared", True)),
                            fields=("place", "name"),
                            name="shared_view_name_once",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("name", ""), _negated=True), name="saved_view_has_a_name"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="FirstView",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    ("place", models.CharField(max_length=20)),
                    (
                        "person",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "view",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="saved_views.savedview",
                        ),
                    ),
                ],
                options={
                    "db_table": "saved_views_first",
                    "constraints": [
                        models.UniqueConstraint(fields=("person", "place"), name="first_view_once")
                    ],
                },
            ),
        ),
    ]
