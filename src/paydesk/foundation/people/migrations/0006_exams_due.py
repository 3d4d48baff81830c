"""Exams a person has not passed yet are kept with the person."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0005_restricted_views")]

    operations = [
        migrations.AddField("person", "due_exams", models.JSONField(default=list, db_default=[])),
    ]
