"""What was published is never changed, nor its exam; tries, scorecards, plans and what customers say are written once."""

from django.db import migrations

from paydesk.foundation.audit import append_only

WORDS_STAY = """
CREATE FUNCTION quality_words_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'draft' AND TG_OP = 'UPDATE' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR (NEW.article_id, NEW.number, NEW.kind, NEW.title, NEW.text, NEW.notice_days,
            NEW.published_by, NEW.published_at, NEW.made_by)
        IS DISTINCT FROM (OLD.article_id, OLD.number, OLD.kind, OLD.title, OLD.text, OLD.notice_days,
            OLD.published_by, OLD.published_at, OLD.made_by) OR NEW.state = 'draft' THEN
        RAISE EXCEPTION 'version % of article % was published: what it says stays', OLD.number, OLD.article_id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER quality_words_stay BEFORE UPDATE OR DELETE ON quality_article_version
    FOR EACH ROW EXECUTE FUNCTION quality_words_stay();

CREATE FUNCTION quality_exam_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE version_state text;
BEGIN
    SELECT state INTO version_state FROM quality_article_version WHERE id = OLD.version_id;
    IF version_state IS DISTINCT FROM 'draft' THEN
        RAISE EXCEPTION 'the exam of a version that was published stays as it is';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER quality_exam_stays BEFORE UPDATE OR DELETE ON quality_exam
    FOR EACH ROW EXECUTE FUNCTION quality_exam_stays();
"""
BACK = """
DROP TRIGGER quality_words_stay ON quality_article_version;
DROP TRIGGER quality_exam_stays ON quality_exam;
DROP FUNCTION quality_words_stay();
DROP FUNCTION quality_exam_stays();
"""

SAID_STAYS = """
CREATE FUNCTION quality_said_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.comment <> '' OR (NEW.id, NEW.invitation_id, NEW.score, NEW.at)
        IS DISTINCT FROM (OLD.id, OLD.invitation_id, OLD.score, OLD.at)
    THEN
        RAISE EXCEPTION 'what a customer said is never edited, their words can be erased'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER quality_said_stays BEFORE UPDATE ON quality_csat_answer
    FOR EACH ROW EXECUTE FUNCTION quality_said_stays();
CREATE TRIGGER quality_said_is_kept BEFORE DELETE OR TRUNCATE ON quality_csat_answer
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_append_only();
"""
SAID_BACK = """
DROP TRIGGER quality_said_is_kept ON quality_csat_answer;
DROP TRIGGER quality_said_stays ON quality_csat_answer;
DROP FUNCTION quality_said_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("quality", "0001_tables"), ("audit", "0002_append_only_function")]

    operations = [
        migrations.RunSQL(WORDS_STAY, BACK),
        *append_only.operations("quality_attempt"),
        *append_only.operations("quality_scorecard"),
        *append_only.operations("quality_sampling_plan"),
        migrations.RunSQL(SAID_STAYS, SAID_BACK),
    ]
