"""What must hold between messages, lines and what is pending: names, sentences, SQL whose rows break it."""

INVARIANTS = (
    (
        "callbacks_became_lines",
        "Every callback that was understood as money, pending, failed or known has its statement line.",
        "SELECT 'message ' || m.id, m.outcome, m.became_id FROM inbox_message m"
        " LEFT JOIN statements_statementline l ON l.id = m.became_id AND m.became_kind = 'line'"
        " AND m.source_kind = 'source_account' AND l.source_account_id = m.source_id"
        " WHERE m.kind = 'callback' AND m.state = 'understood' AND m.outcome <> 'nothing' AND l.id IS NULL",
    ),
    (
        "stale_payments_have_no_final_row",
        "A pending payment that waits for a person has no final row: neither paid nor failed.",
        "SELECT 'pending ' || p.id, l.id, l.status FROM callbacks_pendingpayment p"
        " JOIN statements_statementline l ON l.source_account_id = p.source_account_id"
        " AND l.provider_ref = p.ask_ref AND l.status <> 'pending' AND l.kind IN ('payment', 'failed')"
        " WHERE p.state = 'stale'",
    ),
)
