"""The same payment is not entered by hand twice while the first entry waits: a double submit is harmless."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("hand_receipts", "0001_hand_receipts")]

    operations = [
        migrations.AddConstraint(
            model_name="handreceipt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "asked")),
                fields=("source_account", "provider_ref"),
                name="hand_receipt_asked_once",
            ),
        ),
    ]
