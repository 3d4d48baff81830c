"""Events of the marketplace are written once."""

from django.db import migrations

from paydesk.foundation.audit import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("marketplace", "0001_tables"),
        ("audit", "0002_append_only_function"),
    ]
    operations = [
        *append_only.operations("marketplace_marketevent"),
    ]
