"""Every final row of a provider is booked, those that nobody asked for as recoverable."""

from django.db import migrations

from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [("payments", "0025_rows_nobody_asked_for")]
    operations = [
        migrations.RunSQL(sql_beside(__file__, "0026_every_row_is_booked.sql"), migrations.RunSQL.noop),
    ]
