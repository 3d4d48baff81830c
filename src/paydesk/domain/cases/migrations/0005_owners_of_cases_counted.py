"""The owner of a case stands on it too, copied by the database; open cases are read in the order they are due."""

import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0004_automatic_messages_of_a_day"),
        ("parties", "0004_identity_numbers"),
        ("assignments", "0002_notes_are_only_erased"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="owned_by",
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                models.OrderBy(models.F("unanswered_since"), nulls_last=True),
                models.F("opened_at"),
                models.F("id"),
                condition=models.Q(("state__in", ("new", "triaged", "in_progress", "waiting"))),
                name="case_open_in_order",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("state__in", ("new", "triaged", "in_progress", "waiting"))),
                fields=["market", "owned_by", "state", "id"],
                name="case_open_of_owner",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper("subject"), name="gin_trgm_ops"
                ),
                name="case_subject_words",
            ),
        ),
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
            UPDATE cases_case c SET owned_by = a.owner_id FROM assignments_assignment a
            WHERE a.subject_kind = 'case' AND a.subject_id = c.id AND a.owner_id IS NOT NULL
            """,
            """
            DROP TRIGGER cases_owner_is_gone ON assignments_assignment;
            DROP TRIGGER cases_owner_is_copied ON assignments_assignment;
            DROP FUNCTION cases_copy_owner()
            """,
        ),
    ]
