"""Statistics of the staged rows, gathered by the application through a function of the owner."""

from django.db import migrations

from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [("statements", "0005_find_rows")]
    operations = [
        migrations.RunSQL(
            sql_beside(__file__, "0006_staged_statistics.sql"), "DROP FUNCTION statements_analyze_staged()"
        )
    ]
