"""A note is never edited or deleted, by the owner of the tables neither: only its text is erased, once."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("assignments", "0001_tables"), ("audit", "0002_append_only_function")]

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION note_is_only_erased() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL OR NEW.text <> ''
                    OR (OLD.id, OLD.subject_kind, OLD.subject_id, OLD.market, OLD.author_id, OLD.at)
                    IS DISTINCT FROM
                    (NEW.id, NEW.subject_kind, NEW.subject_id, NEW.market, NEW.author_id, NEW.at)
                THEN
                    RAISE EXCEPTION 'a note is never edited, its text can be erased once'
                        USING ERRCODE = 'insufficient_privilege', HINT = 'Add another note instead.';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER assignments_note_is_only_erased BEFORE UPDATE ON assignments_note
                FOR EACH ROW EXECUTE FUNCTION note_is_only_erased();
            CREATE TRIGGER assignments_note_is_kept BEFORE DELETE OR TRUNCATE ON assignments_note
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_append_only()
            """,
            """
            DROP TRIGGER assignments_note_is_kept ON assignments_note;
            DROP TRIGGER assignments_note_is_only_erased ON assignments_note;
            DROP FUNCTION note_is_only_erased()
            """,
        ),
    ]
