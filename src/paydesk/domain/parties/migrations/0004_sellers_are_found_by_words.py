"""A seller is found by any word of the name, also by one that is misspelt, as a customer is."""

import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("parties", "0003_name_words")]

    operations = [
        migrations.AddIndex(
            model_name="party",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Lower("name"), name="text_pattern_ops"
                ),
                name="party_name_begins",
            ),
        ),
        migrations.AddIndex(
            model_name="party",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Lower("name"), name="gin_trgm_ops"
                ),
                name="party_name_part",
            ),
        ),
        migrations.RunSQL(
            """
            CREATE TRIGGER party_name_words_added AFTER INSERT ON parties_party
                REFERENCING NEW TABLE AS named FOR EACH STATEMENT EXECUTE FUNCTION parties_note_name_words();
            CREATE TRIGGER party_name_words_changed AFTER UPDATE ON parties_party
                REFERENCING NEW TABLE AS named FOR EACH STATEMENT EXECUTE FUNCTION parties_note_name_words();
            INSERT INTO parties_nameword (word)
            SELECT DISTINCT w.word FROM parties_party p
            CROSS JOIN LATERAL regexp_split_to_table(lower(p.name), '[^[:alpha:]]+') w(word)
            WHERE length(w.word) >= 3 ON CONFLICT DO NOTHING;
            """,
            """
            DROP TRIGGER party_name_words_added ON parties_party;
            DROP TRIGGER party_name_words_changed ON parties_party;
            """,
        ),
    ]
