"""The role the application works under: it owns nothing and may read and write rows, no more.

Roles belong to the whole server, so another paydesk database may have made it already, perhaps at this very
moment. An owner without CREATEROLE needs it made beforehand (docs/how-to/configure.md).
"""

from typing import ClassVar

from django.db import migrations

CREATE_ROLE = """
DO $$
DECLARE
    may_become boolean;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'paydesk_app') THEN
        BEGIN
            CREATE ROLE paydesk_app NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- another database made it a moment ago
        END;
    END IF;
    -- Granting again what is there already would collide with other databases doing the same.
    IF current_setting('server_version_num')::int >= 160000 THEN
        may_become := pg_has_role(current_user, 'paydesk_app', 'SET');
    ELSE
        may_become := pg_has_role(current_user, 'paydesk_app', 'MEMBER');
    END IF;
    IF NOT may_become THEN
        GRANT paydesk_app TO CURRENT_USER;
    END IF;
    IF NOT has_schema_privilege('paydesk_app', 'public', 'USAGE') THEN
        GRANT USAGE ON SCHEMA public TO paydesk_app;
    END IF;
END $$;
"""

# What this owner creates later (in whatever order other packages' tables come) ...
LATER_TABLES = """
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO paydesk_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO paydesk_app;
"""

# ... and what was there before. Only the owner's own:
# an extension may have put tables of others in the schema.
TABLES_SO_FAR = """
DO $$
DECLARE
    relation record;
BEGIN
    FOR relation IN
        SELECT c.oid::regclass AS name, c.relkind
        FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace
          AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
          AND pg_has_role(current_user, c.relowner, 'USAGE')
    LOOP
        IF relation.relkind = 'S' THEN
            EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE %s TO paydesk_app', relation.name);
        ELSE
            EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO paydesk_app', relation.name);
        END IF;
    END LOOP;
END $$;
"""

FORGET_LATER_TABLES = """
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM paydesk_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM paydesk_app;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar = []
    operations: ClassVar = [
        # The role itself stays when going back: other databases of the server may use it.
        migrations.RunSQL(CREATE_ROLE, migrations.RunSQL.noop),
        migrations.RunSQL(LATER_TABLES, FORGET_LATER_TABLES),
        migrations.RunSQL(TABLES_SO_FAR, migrations.RunSQL.noop),
    ]
