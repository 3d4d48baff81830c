"""What SQL must know of the rules of a contract, and how its sale is posted."""

from django.db import migrations

from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0001_tables"),
        ("ledger", "0003_chart_of_accounts"),
    ]
    operations = [
        migrations.RunSQL(sql_beside(__file__, "0002_activation.sql"), migrations.RunSQL.noop),
    ]
