"""Whether amount and severity were set by a person; the channel on which they last spoke to us."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_mailbox_renews_its_token")]

    operations = [
        migrations.AddField("case", "amount_by_hand", models.BooleanField(default=False, db_default=False)),
        migrations.AddField("case", "severity_by_hand", models.BooleanField(default=False, db_default=False)),
        migrations.AddField("case", "asks_on", models.CharField(default="", db_default="", max_length=10)),
    ]
