"""A dialect of callbacks is a row of the code; a new one needs no migration."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("providers", "0002_callback_addresses")]

    operations = [
        migrations.RemoveConstraint(model_name="callbackendpoint", name="callback_dialect_known"),
        migrations.AddConstraint(
            model_name="callbackendpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("dialect__regex", "^[a-z][a-z0-9_]{1,19}$")),
                name="callback_dialect_is_a_code",
            ),
        ),
    ]
