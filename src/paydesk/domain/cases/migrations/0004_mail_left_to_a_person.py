"""Mail that leads to no case: who wrote it and about what, how often it was tried, that somebody ignored it."""

from django.db import migrations, models
from django.db.models import Q

STATES = ["kept", "in_case", "bounce", "set_aside", "failed", "ignored"]


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_text_message_is_a_channel")]

    operations = [
        migrations.AddField(
            "receivedmail", "sender", models.CharField(default="", db_default="", max_length=254)
        ),
        migrations.AddField(
            "receivedmail", "subject", models.CharField(default="", db_default="", max_length=200)
        ),
        migrations.AddField("receivedmail", "tries", models.IntegerField(default=0, db_default=0)),
        migrations.RemoveConstraint("receivedmail", "received_mail_state_known"),
        migrations.AddConstraint(
            "receivedmail",
            models.CheckConstraint(condition=Q(state__in=STATES), name="received_mail_state_known"),
        ),
        migrations.AddIndex(
            "receivedmail",
            models.Index(
                fields=["mailbox", "-id"],
                name="received_mail_left",
                condition=Q(state__in=["failed", "set_aside"]),
            ),
        ),
    ]
