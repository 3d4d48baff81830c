"""A picture that may show a card or an identity document is not shown before somebody asks for it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_sender_is_checked")]

    operations = [
        migrations.AddField(
            "attachment", "held_because", models.CharField(default="", db_default="", max_length=100)
        ),
    ]
