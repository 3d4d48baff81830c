"""Waiting for the customer ends by itself; what cases were like before a merge."""

from django.db import migrations, models

# Who is waited for without a time to look again comes back when the clock goes on; nobody is reminded late.
COME_BACK = """
UPDATE cases_case c SET wakes_at = coalesce(
    (SELECT max(k.paused_until) FROM clocks_clock k WHERE k.subject_kind = 'case' AND k.subject_id = c.id), now())
WHERE c.state = 'waiting' AND c.waits_for = 'customer' AND c.wakes_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0009_case_knows_its_mailbox"),
        ("clocks", "0001_tables"),
    ]

    operations = [
        migrations.AddField("case", "nudges", models.BooleanField(default=False, db_default=False)),
        migrations.AddField("case", "before_merge", models.JSONField(null=True)),
        migrations.RunSQL(COME_BACK, migrations.RunSQL.noop),
    ]
