"""Receiving, identifying and allocating, set by set."""

from django.db import migrations

from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0001_payments"),
        ("ledger", "0004_open_day"),
        ("contracts", "0002_orders_and_states"),
    ]
    operations = [migrations.RunSQL(sql_beside(__file__, "0002_posting.sql"), migrations.RunSQL.noop)]
