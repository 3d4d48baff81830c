"""An account may have no rows on the holidays of its market."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("providers", "0004_expected_hours")]

    operations = [
        migrations.AddField(
            model_name="sourceaccount",
            name="closed_on_holidays",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
