"""What a phone pays that risk has stopped names nobody: it is suspense until somebody looks."""

from django.db import migrations

from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0027_earlier_rows_are_booked"),
        ("risk", "0001_escalations_and_enforcement"),
    ]
    operations = [
        migrations.RunSQL(sql_beside(__file__, "0028_stopped_phones.sql"), migrations.RunSQL.noop),
    ]
