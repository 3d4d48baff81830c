"""A small difference that was written off can be owed again."""

from django.db import migrations

from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [("payments", "0022_a_reversal_of_ours_undone")]
    operations = [
        migrations.RunSQL(sql_beside(__file__, "0023_a_write_off_undone.sql"), migrations.RunSQL.noop),
    ]
