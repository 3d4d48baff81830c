"""Measuring what is usual on each route, from our own history, at night."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction

from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor
from paydesk.reporting.routes.models import RouteNorm
from paydesk.reporting.routes.rules import FEWEST

WINDOW = timedelta(days=60)

_MEASURE = """
WITH paid AS (
    SELECT p.id, p.source_account_id, l.channel, p.paid_at, p.received_at, p.open_minor, p.allocated_minor
    FROM payments_payment p JOIN statements_statementline l ON l.id = p.statement_line_id
    WHERE p.received_at > %(since)s AND p.state <> 'unposted'
), took AS (
    SELECT source_account_id, channel, 'received' AS step,
           extract(epoch FROM received_at - paid_at) AS seconds
    FROM paid WHERE paid_at > %(since)s AND received_at >= paid_at  -- not a history that was loaded
    UNION ALL
    SELECT p.source_account_id, p.channel, 'applied', extract(epoch FROM a.at - p.received_at)
    FROM paid p JOIN (
        SELECT payment_id, max(at) AS at FROM payments_allocation
        WHERE payment_id IS NOT NULL AND amount_minor > 0 AND at > %(since)s GROUP BY 1
    ) a ON a.payment_id = p.id
    WHERE p.open_minor = 0 AND p.allocated_minor > 0 AND a.at >= p.received_at
    UNION ALL
    SELECT d.source_account_id, '', 'settled', (s.booked_on - d.booked_on) * 86400
    FROM (
        SELECT DISTINCT source_account_id, booked_on FROM payments_payment
        WHERE received_at > %(since)s AND state <> 'unposted'
    ) d
    CROSS JOIN LATERAL (
        SELECT there.booked_on FROM payments_transitrow away
        JOIN payments_transitrow there ON there.id = away.partner_id
        WHERE away.source_account_id = d.source_account_id AND away.amount_minor < 0
          AND away.state = 'matched' AND away.booked_on >= d.booked_on
        ORDER BY away.booked_on, away.id LIMIT 1
    ) s
)
INSERT INTO routes_routenorm
    (source_account_id, channel, step, count, half_seconds, most_seconds, measured_at)
SELECT source_account_id, channel, step, count(*),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds)::bigint,
       percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds)::bigint, %(now)s
FROM took GROUP BY 1, 2, 3
HAVING count(*) >= CASE WHEN step = 'settled' THEN 5 ELSE %(fewest)s END
"""


@transaction.atomic(durable=True)
def measure_routes(*, by: Actor, now: datetime) -> int:
    """Measure every route anew over the last 60 days, set-based; returns how many norms there are."""
    RouteNorm.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(_MEASURE, {"since": now - WINDOW, "now": now, "fewest": FEWEST})
        made = cursor.rowcount
    audit.record("routes.measured", subject=("desk", 0), by=by, at=now, changes={"norms": made})
    return made
