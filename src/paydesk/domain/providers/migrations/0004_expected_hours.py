"""When rows of an account are expected: weekdays, and hours up to the cut-off."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("providers", "0003_any_callback_dialect")]

    operations = [
        migrations.AddField(
            model_name="sourceaccount",
            name="expected_weekdays",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.SmallIntegerField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="sourceaccount", name="expected_from", field=models.TimeField(null=True)
        ),
        migrations.AddField(
            model_name="sourceaccount", name="expected_to", field=models.TimeField(null=True)
        ),
        migrations.AddConstraint(
            model_name="sourceaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("expected_from__isnull", True), ("expected_to__isnull", True))
                | (
                    models.Q(("expected_from__isnull", False), ("expected_to__isnull", False))
                    & ~models.Q(("expected_from", models.F("expected_to")))
                ),
                name="source_account_expected_hours_sound",
            ),
        ),
        migrations.AddConstraint(
            model_name="sourceaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("expected_weekdays__contained_by", [0, 1, 2, 3, 4, 5, 6])),
                name="source_account_expected_weekdays_known",
            ),
        ),
    ]
