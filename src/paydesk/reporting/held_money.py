"""What must hold between payments and what holds money of them: refunds and reversal requests."""

INVARIANTS = (
    (
        "payments_hold_what_is_asked_back",
        "What a payment holds or has given back equals its refunds that are not given up, and what is held"
        " for reversal requests.",
        "SELECT 'payment ' || p.id, p.reserved_minor + p.refunded_minor, coalesce(h.amount_minor, 0)"
        " FROM payments_payment p LEFT JOIN (SELECT payment_id, sum(amount_minor) AS amount_minor FROM ("
        "SELECT payment_id, amount_minor FROM refunds_refund WHERE state NOT IN ('rejected', 'cancelled')"
        " UNION ALL"
        " SELECT payment_id, held_minor FROM reversal_requests_reversalrequest WHERE held_minor > 0"
        ") x GROUP BY 1) h ON h.payment_id = p.id"
        " WHERE (p.reserved_minor > 0 OR p.refunded_minor > 0 OR h.payment_id IS NOT NULL)"
        " AND p.reserved_minor + p.refunded_minor <> coalesce(h.amount_minor, 0)",
    ),
    (
        "reversal_requests_answered_by_two",
        "Every answer to a reversal request was agreed to by somebody else than asked for it.",
        "SELECT 'reversal request ' || r.id, r.state, a.asked_by, a.decided_by"
        " FROM reversal_requests_reversalrequest r LEFT JOIN approvals_approval a"
        " ON a.subject_kind = 'reversal_request' AND a.subject_id = r.id AND a.state = 'approved'"
        " WHERE r.answered_at IS NOT NULL AND (a.id IS NULL OR a.asked_by_id = a.decided_by_id)",
    ),
)
