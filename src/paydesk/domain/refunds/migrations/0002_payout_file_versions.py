"""A payout file counts its changes, so that nobody acts on a page that is not true any more."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("refunds", "0001_refunds"),
    ]

    operations = [
        migrations.AddField(
            model_name="payoutfile",
            name="version",
            field=models.IntegerField(default=1),
        ),
    ]
