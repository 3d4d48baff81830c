-- One row of a figure each: (agent_id, kind, id, at, outcome, value, market). %(from)s <= at < %(to)s.

-- name: accuracy
SELECT split_part(e.actor, ':', 2)::bigint AS agent_id, e.cause_kind AS kind, e.cause_id AS id, e.posted_at AS at,
       CASE WHEN EXISTS (
            SELECT FROM ledger_entry r
            WHERE r.cause_kind = e.cause_kind AND r.cause_id = e.cause_id AND r.id > e.id AND r.posted_at > e.posted_at
              AND r.actor LIKE 'person:%%'
              AND (r.reverses_id = e.id OR (e.kind, r.kind) IN (
                   ('payment.identified', 'payment.unidentified'), ('payment.identified', 'payment.moved'),
                   ('payment.moved', 'payment.moved'), ('payment.reversed', 'payment.reinstated'),
                   ('refund.approved', 'refund.cancelled'), ('goodwill.given', 'goodwill.undone'),
                   ('due_item.written_off', 'due_item.write_off_undone')))
         ) OR EXISTS (
            SELECT FROM payments_allocation a
            JOIN payments_allocation b ON b.reverses_id = a.id
            JOIN ledger_entry r ON r.id = b.entry_id
            WHERE a.entry_id = e.id AND r.actor LIKE 'person:%%' AND r.posted_at > e.posted_at
              AND NOT EXISTS (
                SELECT FROM ledger_entry l
                WHERE l.cause_kind = r.cause_kind AND l.cause_id = r.cause_id AND l.kind = 'payment.allocated'
                  AND l.posted_at = r.posted_at)
         ) THEN 'corrected' ELSE 'stands' END AS outcome,
       0 AS value, e.market
FROM ledger_entry e
WHERE e.actor LIKE 'person:%%' AND e.posted_at >= %(from)s AND e.posted_at < %(to)s

-- name: timeliness
SELECT w.agent_id, c.subject_kind AS kind, c.subject_id AS id, c.at, c.outcome, 0 AS value, c.market
FROM (
    SELECT k.subject_kind, k.subject_id, k.market, coalesce(k.ended_at, k.due_at) AS at,
           coalesce(p.case_id, k.subject_id) AS case_id,
           CASE WHEN k.ended_as IN ('waived', 'merged') THEN k.ended_as
                WHEN k.breached_at IS NOT NULL OR k.ended_as = '' THEN 'breached' ELSE 'met' END AS outcome
    FROM clocks_clock k
    LEFT JOIN cases_commitment p ON k.subject_kind = 'commitment' AND p.id = k.subject_id
    WHERE k.subject_kind IN ('case', 'commitment')
      AND (k.ended_as <> '' AND k.ended_at >= %(from)s AND k.ended_at < %(to)s
           OR k.ended_as = '' AND k.due_at < least(%(to)s, %(now)s) AND k.due_at >= %(from)s)
) c
JOIN LATERAL (
    SELECT split_part(m.author, ':', 2)::bigint AS agent_id FROM cases_message m
    WHERE m.case_id = c.case_id AND (m.direction = 'out' OR m.outcome = 'answered') AND m.is_public
      AND NOT m.is_automatic
      AND m.author LIKE 'person:%%'
    ORDER BY m.at DESC, m.id DESC LIMIT 1
) w ON true

-- name: fcr
SELECT w.agent_id, 'case' AS kind, c.id, c.resolved_at AS at,
       CASE WHEN c.category = 'other.no_case' OR c.category LIKE 'fraud.%%' THEN 'excluded'
            WHEN c.reopens > 0 THEN 'reopened'
            WHEN t.contacts <> 1 THEN 'contacts'
            WHEN EXISTS (
                SELECT FROM cases_case n
                WHERE n.id <> c.id AND n.opened_at > c.resolved_at
                  AND n.opened_at <= c.resolved_at + make_interval(days => %(days)s)
                  AND (n.customer_id = c.customer_id OR (c.contact <> '' AND n.contact = c.contact))
                  AND ((c.category <> '' AND n.category = c.category) OR n.follows_id = c.id OR EXISTS (
                        SELECT FROM cases_caselink a JOIN cases_caselink b
                          ON b.kind = a.kind AND b.object_id = a.object_id
                        WHERE a.case_id = c.id AND b.case_id = n.id AND a.kind = 'payment'
                          AND a.state <> 'rejected' AND b.state <> 'rejected'))) THEN 'again'
            WHEN c.resolved_at + make_interval(days => %(days)s) > %(now)s THEN 'window'
            ELSE 'first' END AS outcome,
       0 AS value, c.market
FROM cases_case c
JOIN LATERAL (
    SELECT split_part(m.author, ':', 2)::bigint AS agent_id FROM cases_message m
    WHERE m.case_id = c.id AND (m.direction = 'out' OR m.outcome = 'answered') AND m.is_public
      AND NOT m.is_automatic
      AND m.author LIKE 'person:%%'
    ORDER BY m.at DESC, m.id DESC LIMIT 1
) w ON true
JOIN LATERAL (
    SELECT count(*) FILTER (WHERE s.ours AND NOT coalesce(s.before, false)) AS contacts FROM (
        SELECT q.ours, lag(q.ours) OVER (ORDER BY q.at, q.id) AS before FROM (
            SELECT m.id, m.at, (m.direction = 'out' OR m.outcome = 'answered') AS ours FROM cases_message m
            WHERE m.case_id = c.id AND m.is_public AND NOT m.is_automatic AND m.direction <> 'note'
              AND m.delivery NOT IN ('failed', 'taken_back')
        ) q
    ) s
) t ON true
WHERE c.state IN ('resolved', 'closed') AND c.resolved_at >= %(from)s AND c.resolved_at < %(to)s

-- name: csat
SELECT i.agent_id, 'case' AS kind, i.case_id AS id, i.resolved_at AS at,
       CASE WHEN i.why_not <> '' THEN 'not_asked' WHEN s.score IS NULL THEN 'silent'
            WHEN s.score >= %(satisfied)s THEN 'satisfied' ELSE 'unsatisfied' END AS outcome,
       coalesce(s.score, 0)::bigint AS value, i.market
FROM quality_csat_invitation i
LEFT JOIN LATERAL (
    SELECT a.score FROM quality_csat_answer a
    WHERE a.invitation_id = i.id AND a.at <= (
        SELECT min(f.at) + make_interval(hours => 72) FROM quality_csat_answer f WHERE f.invitation_id = i.id)
    ORDER BY a.at DESC, a.id DESC LIMIT 1
) s ON true
WHERE i.agent_id IS NOT NULL AND i.resolved_at >= %(from)s AND i.resolved_at < %(to)s

-- name: qa
SELECT r.agent_id, 'review' AS kind, r.id, r.worked_at AS at,
       CASE WHEN r.critical_failed THEN 'critical' ELSE 'scored' END AS outcome, r.percent::bigint AS value, r.market
FROM quality_review r
WHERE r.calibration_id IS NULL AND r.percent IS NOT NULL AND r.worked_at >= %(from)s AND r.worked_at < %(to)s
  AND r.escalated_kind = ''
  AND NOT EXISTS (  -- a restricted case is known to those who are named for it alone
      SELECT FROM people_restricted_thing t
      WHERE t.subject_kind = 'case' AND t.subject_id = r.case_id AND NOT EXISTS (
          SELECT FROM people_restricted_viewer v WHERE v.view_id = t.view_id AND v.person_id = %(looker)s
      )
  )

-- name: escalations
SELECT r.agent_id, 'review' AS kind, r.id, r.worked_at AS at,
       CASE WHEN r.critical_failed THEN 'critical' ELSE 'scored' END AS outcome, r.percent::bigint AS value, r.market
FROM quality_review r
WHERE r.calibration_id IS NULL AND r.percent IS NOT NULL AND r.worked_at >= %(from)s AND r.worked_at < %(to)s
  AND r.escalated_kind <> ''
  AND NOT EXISTS (  -- a restricted case is known to those who are named for it alone
      SELECT FROM people_restricted_thing t
      WHERE t.subject_kind = 'case' AND t.subject_id = r.case_id AND NOT EXISTS (
          SELECT FROM people_restricted_viewer v WHERE v.view_id = t.view_id AND v.person_id = %(looker)s
      )
  )

-- name: volume
SELECT w.agent_id, 'case' AS kind, c.id, c.resolved_at AS at, 'resolved' AS outcome, 0 AS value, c.market
FROM cases_case c
JOIN LATERAL (
    SELECT split_part(m.author, ':', 2)::bigint AS agent_id FROM cases_message m
    WHERE m.case_id = c.id AND (m.direction = 'out' OR m.outcome = 'answered') AND m.is_public
      AND NOT m.is_automatic
      AND m.author LIKE 'person:%%'
    ORDER BY m.at DESC, m.id DESC LIMIT 1
) w ON true
WHERE c.state IN ('resolved', 'closed') AND c.resolved_at >= %(from)s AND c.resolved_at < %(to)s
UNION ALL
SELECT split_part(m.author, ':', 2)::bigint, 'case', m.case_id, m.at,
       CASE WHEN m.outcome <> '' THEN 'call' ELSE 'answer' END, 0, c.market
FROM cases_message m JOIN cases_case c ON c.id = m.case_id
WHERE m.author LIKE 'person:%%' AND NOT m.is_automatic AND m.at >= %(from)s AND m.at < %(to)s
  AND (m.outcome <> '' OR m.direction = 'out' AND m.is_public AND m.delivery IN ('sent', 'delivered'))
UNION ALL
SELECT split_part(e.actor, ':', 2)::bigint, e.cause_kind, e.cause_id, e.posted_at, 'posting', 0, e.market
FROM ledger_entry e
WHERE e.actor LIKE 'person:%%' AND e.posted_at >= %(from)s AND e.posted_at < %(to)s
