"""The roles a person holds; what a role may do stands in authority.py."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

CODES = ["AN", "SU", "CO", "SD", "TL", "FC", "RK", "QA", "AU", "AD"]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("people", "0001_people")]
    operations: ClassVar = [
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
                        to="people.person",
                    ),
                ),
            ],
            options={
                "db_table": "people_person_role",
                "constraints": [
                    models.UniqueConstraint(fields=["person", "role"], name="a_role_is_held_once"),
                    models.CheckConstraint(condition=models.Q(role__in=CODES), name="role_is_known"),
                ],
            },
        )
    ]
