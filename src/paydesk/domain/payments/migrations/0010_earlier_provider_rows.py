"""Rows that came before the desk posted more than payments."""

from django.db import migrations

from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [("payments", "0009_provider_cash"), ("statements", "0007_withdrawn")]
    operations = [
        migrations.RunSQL(sql_beside(__file__, "0010_earlier_provider_rows.sql"), migrations.RunSQL.noop)
    ]
