"""A mailbox of Microsoft or Google asks for a new access token before the one it has ends."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_waiting_ends")]

    operations = [
        migrations.AddField("mailbox", "tokens", models.JSONField(db_default={}, default=dict)),
        migrations.AddField("mailbox", "tokens_secret", models.TextField(db_default="", default="")),
        migrations.AddField("mailbox", "access_token", models.TextField(db_default="", default="")),
        migrations.AddField("mailbox", "access_until", models.DateTimeField(null=True)),
    ]
