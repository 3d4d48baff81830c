"""Versions of calendars and policies are written once."""

from django.db import migrations

from paydesk.foundation.audit import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("clocks", "0001_tables"),
        ("audit", "0002_append_only_function"),
    ]
    operations = [
        *append_only.operations("clocks_calendar"),
        *append_only.operations("clocks_policy"),
    ]
