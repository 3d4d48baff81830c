"""A few lines are stored in the order of their keys."""

from django.db import migrations

from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [("statements", "0003_callbacks_of_a_day")]
    operations = [
        migrations.RunSQL(sql_beside(__file__, "0004_store_lines_by_key.sql"), migrations.RunSQL.noop)
    ]
