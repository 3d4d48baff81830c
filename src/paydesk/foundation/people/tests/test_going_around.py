"""What the database itself refuses about people."""

import pytest
from django.db import IntegrityError, connection

INSERT = "INSERT INTO people_person (email, name, initials, password, time_zone, created_at) VALUES "


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sql", "constraint"),
    [
        (INSERT + "('A@b.c', 'A', 'A', '', 'UTC', now())", "person_email_in_small_letters"),
        (
            INSERT + "('a@b.c', 'A', 'A', '', 'UTC', now()), ('a@b.c', 'B', 'B', '', 'UTC', now())",
            "one_person_per_email",
        ),
        (
            "INSERT INTO people_market VALUES ('gh', 'Ghana', 'GHS', 'Africa/Accra', 'GH')",
            "market_code_is_iso",
        ),
        (
            "INSERT INTO people_market VALUES ('GH', 'Ghana', 'ghs', 'Africa/Accra', 'GH')",
            "market_currency_is_iso",
        ),
        (
            "WITH p AS (" + INSERT + "('a@b.c', 'A', 'A', '', 'UTC', now()) RETURNING id) "
            "INSERT INTO people_person_role (person_id, role) SELECT id, 'XX' FROM p",
            "role_is_known",
        ),
    ],
)
def test_refused(sql, constraint):
    with pytest.raises(IntegrityError, match=constraint), connection.cursor() as cursor:
        cursor.execute(sql)
