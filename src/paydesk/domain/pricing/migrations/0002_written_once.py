"""A rate card and its rates are written once."""

from django.db import migrations

from paydesk.foundation.audit import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("pricing", "0001_tables"),
        ("audit", "0002_append_only_function"),
    ]
    operations = [
        *append_only.operations("pricing_ratecard"),
        *append_only.operations("pricing_rate"),
    ]
