"""What SQL must know of the contract's rules."""

from django.db import migrations

from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [("contracts", "0001_contracts")]
    operations = [
        migrations.RunSQL(sql_beside(__file__, "0002_orders_and_states.sql"), migrations.RunSQL.noop)
    ]
