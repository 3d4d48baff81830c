"""Replay, apply, take off, move, take back and write off, set by set."""

from django.db import migrations

from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [("payments", "0005_where_money_is"), ("statements", "0007_withdrawn")]
    operations = [migrations.RunSQL(sql_beside(__file__, "0006_corrections.sql"), migrations.RunSQL.noop)]
