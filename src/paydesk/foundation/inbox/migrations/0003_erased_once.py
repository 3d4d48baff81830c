"""What was received stays as it came, but that what a person's message said may be erased, once and whole."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("inbox", "0002_received_never_changes")]
    operations = [
        migrations.RunSQL(
            """
            DROP TRIGGER inbox_message_received_is_fixed ON inbox_message;
            CREATE TRIGGER inbox_message_received_is_fixed
                BEFORE UPDATE OF id, kind, source_kind, source_id, channel, market, content_hash, received_at
                ON inbox_message FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_append_only();
            CREATE FUNCTION inbox_message_is_only_erased() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF NEW.body = '\\x'::bytea AND NEW.headers = '{}'::jsonb AND OLD.state <> 'received'
                   AND to_jsonb(NEW) - 'body' - 'headers' = to_jsonb(OLD) - 'body' - 'headers' THEN
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION 'inbox_message is append-only: UPDATE refused'
                    USING ERRCODE = 'insufficient_privilege',
                          HINT = 'A message that is settled can be erased as a whole and nothing else.';
            END $$;
            CREATE TRIGGER inbox_message_is_only_erased BEFORE UPDATE OF body, headers ON inbox_message
                FOR EACH ROW EXECUTE FUNCTION inbox_message_is_only_erased();
            """,
            """
            DROP TRIGGER inbox_message_is_only_erased ON inbox_message;
            DROP FUNCTION inbox_message_is_only_erased();
            DROP TRIGGER inbox_message_received_is_fixed ON inbox_message;
            CREATE TRIGGER inbox_message_received_is_fixed
                BEFORE UPDATE OF id, kind, source_kind, source_id, channel, market, body, headers, content_hash,
                    received_at
                ON inbox_message FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_append_only();
            """,
        )
    ]
