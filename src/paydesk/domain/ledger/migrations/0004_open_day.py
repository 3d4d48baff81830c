"""The day an event is booked on."""

from django.db import migrations

from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_chart_of_accounts")]
    operations = [migrations.RunSQL(sql_beside(__file__, "0004_open_day.sql"), migrations.RunSQL.noop)]
