"""Lines entered by hand that the provider's own row confirmed."""

import django.db.models.deletion
from django.db import migrations, models

from paydesk.foundation.audit import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_append_only_function"),
        ("statements", "0007_withdrawn"),
    ]

    operations = [
        migrations.CreateModel(
            name="LineConfirmation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="statements.sourcefile",
                    ),
                ),
                (
                    "line",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="confirmation",
                        to="statements.statementline",
                    ),
                ),
            ],
        ),
        *append_only.operations("statements_lineconfirmation"),
    ]
