"""What was received stays as it came: no change to those columns, no deletion, by whomever."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("inbox", "0001_tables"), ("audit", "0002_append_only_function")]
    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER inbox_message_received_is_fixed
                BEFORE UPDATE OF id, kind, source_kind, source_id, channel, market, body, headers, content_hash,
                    received_at
                ON inbox_message FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_append_only();
            CREATE TRIGGER inbox_message_is_kept BEFORE DELETE OR TRUNCATE ON inbox_message
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_append_only();
            """,
            """
            DROP TRIGGER inbox_message_is_kept ON inbox_message;
            DROP TRIGGER inbox_message_received_is_fixed ON inbox_message;
            """,
        )
    ]
