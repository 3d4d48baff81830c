"""A desk to work at: people, customers, cases with messages, links, owners and clocks, filled by SQL.

Cases were opened over a year; one in twenty is open. Each is about a contract, half of them about a payment
as well. Names and texts are invented.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import psycopg
from django.db import transaction
from django.utils import timezone

from paydesk.bench import company
from paydesk.bench.company_payments import import_payments, source_account
from paydesk.bench.results import Bench
from paydesk.domain.cases import clocks
from paydesk.domain.cases.models import Case
from paydesk.foundation.clocks.steps import start_clocks
from paydesk.foundation.people.models import Market, Person, PersonRole

_CHUNK = 5_000
_FILL = (
    """
    INSERT INTO cases_case (market, channel, subject, state, severity, is_complaint, category, root_cause,
        money_outcome, amount_minor, currency, customer_id, party_role, contact, contact_name, language,
        level, opened_at, opened_by, last_message_at, unanswered_since, first_answered_at, resolved_at)
    SELECT 'GH', (ARRAY['email', 'phone', 'chat', 'web_form'])[1 + n %% 4],
           (ARRAY['I paid and the device is locked', 'Refund not received', 'Paid twice by mistake',
                  'Money sent to the wrong account', 'Where is my payment'])[1 + n %% 5] || ' (' || n || ')',
           CASE WHEN n %% 20 = 0 THEN (ARRAY['new', 'in_progress'])[1 + n / 20 %% 2] ELSE 'closed' END,
           (ARRAY['normal', 'normal', 'high', 'urgent'])[1 + n / 7 %% 4], n %% 11 = 0,
           (ARRAY['missing_payment', 'refund_status', 'paid_twice'])[1 + n %% 3],
           CASE WHEN n %% 20 = 0 THEN '' ELSE 'not_received' END,
           CASE WHEN n %% 20 = 0 THEN '' ELSE 'applied' END, 2500, 'GHS', c.id, 'customer',
           'c' || c.id || '@customer.example', c.name, 'en', 'unverified', at, 'system:bench', at,
           CASE WHEN n %% 40 = 0 THEN at END, CASE WHEN n %% 40 <> 0 THEN at + interval '1 hour' END,
           CASE WHEN n %% 20 <> 0 THEN at + interval '1 day' END
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
    JOIN parties_customer c ON c.id = 1 + n %% %(customers)s
    CROSS JOIN LATERAL (SELECT CASE WHEN n %% 20 = 0 THEN %(now)s - n * interval '1 second'
                                    ELSE %(now)s - interval '3 days' - n * interval '5 minutes' END) t(at)
    """,
    """
    INSERT INTO cases_message (case_id, direction, channel, is_public, author, sender, text, at)
    SELECT c.id, d.direction, c.channel, true, CASE d.direction WHEN 'out' THEN 'Bench' ELSE '' END,
           CASE d.direction WHEN 'in' THEN c.contact ELSE '' END,
           repeat('I sent the money on Monday and it is still not there, please look. ', 4),
           c.opened_at + d.after
    FROM cases_case c CROSS JOIN (VALUES ('in', interval '0'), ('out', interval '1 hour'),
                                         ('in', interval '2 hours')) d(direction, after)
    WHERE c.id > %(before)s AND (d.after = interval '0' OR c.unanswered_since IS NULL)
    """,
    """
    INSERT INTO cases_caselink (case_id, kind, object_id, state, found_as, at)
    SELECT c.id, 'contract', k.id, 'confirmed', 'account number', c.opened_at
    FROM cases_case c JOIN contracts_contract k ON k.customer_id = c.customer_id
    WHERE c.id > %(before)s
    """,
    """
    INSERT INTO cases_caselink (case_id, kind, object_id, state, found_as, at)
    SELECT c.id, 'payment', p.id, 'confirmed', 'provider reference', c.opened_at
    FROM cases_case c JOIN payments_payment p ON p.customer_id = c.customer_id
    WHERE c.id > %(before)s AND c.id / 20 %% 2 = 0
    """,
    """
    INSERT INTO assignments_assignment (subject_kind, subject_id, market, changed_at, owner_id)
    SELECT 'case', c.id, 'GH', c.opened_at, (%(people)s::bigint[])[1 + c.id / 20 %% %(agents)s]
    FROM cases_case c WHERE c.id > %(before)s AND c.state <> 'new'
    """,
)


def fill(bench: Bench, url: str, *, cases: int, agents: int) -> list[Person]:
    """Fill the empty database of `url`; the agents, who support one market."""
    market = Market.objects.create(
        code="GH", name="Ghana", currency="GHS", time_zone="Africa/Accra", calendar_country="GH"
    )
    people = [_person(number, market) for number in range(agents)]
    customers = max(100, cases // 4)
    bench.say(f"{customers:,} customers, {cases:,} cases, {agents} agents ...")
    company.fill(url, first=1, last=customers)
    import_payments(source_account(), customers, customers)
    now = timezone.now()
    values: dict[str, Any] = {
        "customers": customers, "now": now, "people": [person.pk for person in people], "agents": agents,
    }  # fmt: skip
    with psycopg.connect(url, autocommit=True) as connection:
        for first in range(1, cases + 1, 50_000):
            last = min(first + 49_999, cases)
            row = connection.execute("SELECT coalesce(max(id), 0) FROM cases_case").fetchone()
            values["before"] = row[0] if row else 0
            for statement in _FILL:
                connection.execute(statement, {**values, "first": first, "last": last})
        connection.execute("VACUUM ANALYZE")
    _start_clocks(now)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return people


def _person(number: int, market: Market) -> Person:
    person = Person(
        name=f"Agent {number}", email=f"agent{number}@bench.example", initials="AG", time_zone="Africa/Accra",
        created_at=timezone.now(),
    )  # fmt: skip
    person.set_unusable_password()
    person.save()
    PersonRole.objects.create(person=person, role="SU")
    person.markets.add(market)
    return person


def _start_clocks(now: datetime) -> None:
    """Those of the open cases, as the verb of opening starts them."""
    opened = list(Case.objects.filter(state__in=("new", "in_progress")).values_list("pk", "opened_at"))
    for start in range(0, len(opened), _CHUNK):
        part = dict(opened[start : start + _CHUNK])
        with transaction.atomic():
            start_clocks([clocks.FIRST, *clocks.WHOLE], clocks.SUBJECT, part, market="GH", now=now)
