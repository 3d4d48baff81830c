"""The owner of a case stands on it too, copied by the database."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_tables"), ("assignments", "0001_tables")]
    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION cases_copy_owner() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                UPDATE cases_case SET owned_by = CASE WHEN TG_OP <> 'DELETE' THEN NEW.owner_id END
                WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.subject_id ELSE NEW.subject_id END;
                RETURN NULL;
            END $$;
            CREATE TRIGGER cases_owner_is_copied AFTER INSERT OR UPDATE OF owner_id ON assignments_assignment
                FOR EACH ROW WHEN (NEW.subject_kind = 'case') EXECUTE FUNCTION cases_copy_owner();
            CREATE TRIGGER cases_owner_is_gone AFTER DELETE ON assignments_assignment
                FOR EACH ROW WHEN (OLD.subject_kind = 'case') EXECUTE FUNCTION cases_copy_owner();
            """,
            """
            DROP TRIGGER cases_owner_is_gone ON assignments_assignment;
            DROP TRIGGER cases_owner_is_copied ON assignments_assignment;
            DROP FUNCTION cases_copy_owner()
            """,
        ),
    ]
