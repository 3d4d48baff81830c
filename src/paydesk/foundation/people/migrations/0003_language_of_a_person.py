"""The language a person chose for the screens; nobody has one until they choose."""

from typing import ClassVar

from django.db import migrations, models

LANGUAGES = {"en": "English", "fr": "Français", "sw": "Kiswahili"}


class Migration(migrations.Migration):
    dependencies: ClassVar = [("people", "0002_shared_cache")]
    operations: ClassVar = [
        migrations.AddField(
            "person",
            "language",
            models.CharField(blank=True, choices=LANGUAGES, db_default="", default="", max_length=2),
        ),
        migrations.AddConstraint(
            "person",
            models.CheckConstraint(
                condition=models.Q(language__in=["", *LANGUAGES]), name="person_language_is_known"
            ),
        ),
    ]
