"""The breaker of a mailbox apart from what was chosen for it; which queue its cases go to."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_mail_left_to_a_person")]

    operations = [
        migrations.AddField("mailbox", "breaker_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "mailbox", "breaker_because", models.CharField(default="", db_default="", max_length=200)
        ),
        migrations.AddField("mailbox", "answers_since", models.DateTimeField(null=True)),
        migrations.AddField("mailbox", "tag", models.CharField(default="", db_default="", max_length=30)),
        migrations.AddField(
            "mailbox", "is_for_complaints", models.BooleanField(default=False, db_default=False)
        ),
    ]
