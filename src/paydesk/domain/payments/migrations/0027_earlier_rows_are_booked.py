"""Rows that came before every row was booked."""

from django.db import migrations

from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [("payments", "0026_every_row_is_booked")]
    operations = [
        migrations.RunSQL(sql_beside(__file__, "0027_earlier_rows_are_booked.sql"), migrations.RunSQL.noop),
    ]
