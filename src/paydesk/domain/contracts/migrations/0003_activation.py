"""Posting the sale when contracts become active."""

from django.db import migrations

from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [("contracts", "0002_orders_and_states"), ("ledger", "0004_open_day")]
    operations = [migrations.RunSQL(sql_beside(__file__, "0003_activation.sql"), migrations.RunSQL.noop)]
