"""What went out with an answer stays as it was: the evidence behind it is neither added to nor replaced.

Why something was not to be had may still be erased with the person it is about.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("disputes", "0001_tables")]
    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION disputes_evidence_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF EXISTS (SELECT FROM disputes_dispute
                           WHERE id = coalesce(NEW.dispute_id, OLD.dispute_id) AND pack_id IS NOT NULL) THEN
                    RAISE EXCEPTION 'disputes_evidence: what went out with an answer is fixed'
                        USING ERRCODE = 'insufficient_privilege';
                END IF;
                RETURN coalesce(NEW, OLD);
            END $$;
            CREATE TRIGGER disputes_evidence_is_fixed
                BEFORE INSERT OR DELETE OR UPDATE OF dispute_id, kind, document_id, message_id, by, at
                ON disputes_evidence FOR EACH ROW EXECUTE FUNCTION disputes_evidence_is_fixed();
            """,
            """
            DROP TRIGGER disputes_evidence_is_fixed ON disputes_evidence;
            DROP FUNCTION disputes_evidence_is_fixed();
            """,
        )
    ]
