"""Receiving, identifying, allocating and correcting, set by set, each topic in a file of its own."""

from django.db import migrations

from paydesk.foundation.audit import append_only
from paydesk.kernel.sql_files import sql_beside

# In the order in which they build on one another.
TOPICS = (
    "posting",
    "references",
    "provider_rows",
    "replay",
    "reversals",
    "transit",
    "corrections",
    "reservations",
    "goodwill",
    "learning",
    "receiving",
)


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0001_tables"),
        ("ledger", "0003_chart_of_accounts"),
        ("contracts", "0002_activation"),
        ("statements", "0002_storing"),
        ("providers", "0001_tables"),
        ("risk", "0001_tables"),
    ]
    operations = [
        *(
            migrations.RunSQL(sql_beside(__file__, f"0002_{topic}.sql"), migrations.RunSQL.noop)
            for topic in TOPICS
        ),
        *append_only.operations("payments_allocation"),
        *append_only.operations("payments_claim"),
        *append_only.operations("contracts_creditevent"),
        *append_only.operations("payments_shownbalance"),
        migrations.RunSQL(append_only.rights_sql("statements_statementline", True), migrations.RunSQL.noop),
    ]
