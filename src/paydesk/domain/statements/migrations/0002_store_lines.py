"""Storing a few lines at once, without staging them."""

from django.db import migrations

from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [("statements", "0001_statements")]
    operations = [migrations.RunSQL(sql_beside(__file__, "0002_store_lines.sql"), migrations.RunSQL.noop)]
