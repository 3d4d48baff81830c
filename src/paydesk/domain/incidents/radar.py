"""What the radar looks at: cases of the last hour by their words, open cases by the money they share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection

from paydesk.categorising.radar import USUAL_DAYS, WINDOW, Arrived, alerts, usual_in_window
from paydesk.categorising.shared_money import MoneyLink, groups_by_money
from paydesk.domain.cases.categories import leaves
from paydesk.domain.cases.models import Case
from paydesk.domain.cases.queries import current_tree
from paydesk.domain.cases.states import OPEN
from paydesk.domain.incidents.rules import Group, enough_people
from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.reconciliation.rules import CLASSES
from paydesk.kernel.public_codes import code_of

MONEY_DAYS = 7  # open cases of so many days are held against each other by money


def markets_with_cases(now: datetime) -> list[str]:
    """Markets in which somebody wrote lately, or has an open case of the last days."""
    recent = Case.objects.filter(opened_at__gte=now - timedelta(days=MONEY_DAYS))
    return sorted(set(recent.values_list("market", flat=True)))


def groups_by_words(market: str, now: datetime) -> list[Group]:
    """Cases of the last hour that say the same, more than usual at this time of day; two queries."""
    arrived = [Arrived(*row) for row in _rows(ARRIVED, market, now)]
    if not arrived:
        return []
    earlier = [(at, category) for at, category in _rows(EARLIER, market, now)]
    first = min((at for at, _ in earlier), default=now)
    days = min(max((now - first).days, 1), USUAL_DAYS)
    usual = usual_in_window(earlier, now=now, days=days)
    words = leaves(current_tree()[1], retired=True)
    found = []
    for alert in alerts(arrived, now=now, usual=usual):
        about = words.get(alert.category, alert.category)
        title = ", ".join(alert.words[:3]) or about or "Many cases say the same"
        why = alert.why.replace(alert.category, about) if alert.category else alert.why
        found.append(Group(alert.cases, "words", why, title[:120], alert.words, (), alert.category))
    return found


def groups_of_money(market: str, now: datetime) -> Iterator[Group]:
    """Open cases of different people that share a payment, a class of exceptions of an account, a batch."""
    person: dict[int, str] = {}
    links = []
    for case_id, whose, kind, key in _rows(MONEY, market, now):
        person[case_id] = whose
        links.append(MoneyLink(case_id, kind, key))
    names = _Names()
    for group in groups_by_money(links):
        people = len({person[case] for case in group.cases})
        if enough_people(group.shares, people):
            said = names.of(group.shares[0])
            why = f"{len(group.cases)} open cases of {people} people are about {said}."
            yield Group(group.cases, "money", why, said[:1].upper() + said[1:], (), group.shares)


class _Names:
    """What is shared, in words; the names of accounts are read once."""

    def __init__(self) -> None:
        self._accounts: dict[str, str] = defaultdict(lambda: "an account of ours")

    def of(self, share: tuple[str, str]) -> str:
        kind, key = share
        if kind == "payment":
            return f"payment {code_of('PAY', int(key))}"
        account, _, rest = key.partition(":")
        if not self._accounts:
            self._accounts |= {str(pk): name for pk, name in SourceAccount.objects.values_list("pk", "name")}
        if kind == "merchant_batch":
            return f"batch {rest[:40]} of {self._accounts[account]}"
        return f"exceptions of {self._accounts[account]}: {CLASSES.get(rest, rest).lower()}"


def _rows(sql: str, market: str, now: datetime) -> list[tuple]:  # type: ignore[type-arg]
    hour, days = now - WINDOW, now - timedelta(days=USUAL_DAYS + 1)
    with connection.cursor() as cursor:
        cursor.execute(
            sql,
            {
                "market": market, "now": now, "hour": hour, "days": days, "open": list(OPEN),
                "money": now - timedelta(days=MONEY_DAYS),
                "seconds": int(WINDOW.total_seconds()),
            },
        )  # fmt: skip
        return list(cursor.fetchall())


# What nobody has sorted yet counts as what the desk thinks it is.
CATEGORY = "coalesce(nullif(c.category, ''), s.top -> 0 ->> 'category', '')"
ARRIVED = f"""
SELECT c.id, c.opened_at, coalesce(m.text, c.subject), {CATEGORY}
  FROM cases_case c
  LEFT JOIN triage_suggestion s ON s.case_id = c.id
  LEFT JOIN LATERAL (
      SELECT text FROM cases_message m WHERE m.case_id = c.id ORDER BY at, id LIMIT 1
  ) m ON true
 WHERE c.market = %(market)s AND c.opened_at > %(hour)s AND c.opened_at <= %(now)s
   AND c.merged_into_id IS NULL AND c.channel <> 'by_hand'
 ORDER BY c.id LIMIT 5000
"""  # noqa: S608 - no value is put in here
EARLIER = f"""
SELECT c.opened_at, {CATEGORY}
  FROM cases_case c LEFT JOIN triage_suggestion s ON s.case_id = c.id
 WHERE c.market = %(market)s AND c.opened_at > %(days)s AND c.opened_at <= %(hour)s
   AND extract(epoch FROM %(now)s - c.opened_at)::bigint %% 86400 < %(seconds)s
"""  # noqa: S608 - no value is put in here
MONEY = """
WITH about AS (
    SELECT c.id, l.kind, l.object_id,
           coalesce('customer:' || c.customer_id, nullif(lower(c.contact), ''), 'case:' || c.id) AS whose
      FROM cases_case c JOIN cases_caselink l ON l.case_id = c.id AND l.state <> 'rejected'
     WHERE c.market = %(market)s AND c.state = ANY(%(open)s) AND c.opened_at > %(money)s
)
SELECT id, whose, 'payment', object_id::text FROM about WHERE kind = 'payment'
UNION
SELECT a.id, a.whose, 'merchant_batch', t.source_account_id || ':' || t.batch_key
  FROM about a JOIN payments_payment p ON a.kind = 'payment' AND p.id = a.object_id
  JOIN statements_statementline t ON t.id = p.statement_line_id AND t.batch_key <> ''
UNION
SELECT a.id, a.whose, 'provider_incident', e.source_account_id || ':' || e.kind
  FROM about a JOIN reconciliation_exception e
    ON (a.kind = 'exception' AND e.id = a.object_id)
    OR (a.kind = 'payment' AND e.payment_id = a.object_id AND e.state <> 'resolved')
"""
