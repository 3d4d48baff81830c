"""References checked set by set, parents that cannot be deleted, tables that are only added to."""

from django.db import migrations

from paydesk.foundation.audit import append_only
from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_posting"), ("statements", "0001_statements")]
    operations = [
        migrations.RunSQL(sql_beside(__file__, "0003_references_checked.sql"), migrations.RunSQL.noop),
        *append_only.operations("statements_statementline"),
        *append_only.operations("payments_allocation"),
        *append_only.operations("payments_claim"),
        *append_only.operations("contracts_creditevent"),
    ]
