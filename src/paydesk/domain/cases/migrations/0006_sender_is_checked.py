"""What our own mail servers found out about whoever a message came from."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_mailbox_breaker_and_queue")]

    operations = [
        migrations.AddField(
            "message", "sender_check", models.CharField(default="", db_default="", max_length=8)
        ),
        migrations.AddField(
            "message", "sender_told", models.CharField(default="", db_default="", max_length=200)
        ),
        migrations.AddConstraint(
            "message",
            models.CheckConstraint(
                condition=models.Q(sender_check__in=["", "proved", "failed"]), name="message_check_known"
            ),
        ),
    ]
