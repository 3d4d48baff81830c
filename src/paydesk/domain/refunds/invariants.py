"""What must hold between refunds, payments and the books: names, sentences and SQL whose rows break it."""

INVARIANTS = (
    (
        "refunds_payable_equal_refunds",
        "What is payable for a refund (2050) is its amount from approval until it is sent, and nothing else.",
        "SELECT 'refund ' || coalesce(r.id, l.key_id), l.amount_minor, r.amount_minor FROM"
        " (SELECT id, CASE WHEN owed AND state NOT IN ('sent', 'unknown', 'paid') THEN amount_minor"
        " ELSE 0 END AS amount_minor FROM refunds_refund) r"
        " FULL JOIN (SELECT a.key_id, -sum(b.amount_minor) AS amount_minor FROM ledger_account a"
        " JOIN ledger_posting b ON b.account_id = a.id WHERE a.code = '2050' GROUP BY 1) l"
        " ON l.key_id = r.id WHERE coalesce(l.amount_minor, 0) <> coalesce(r.amount_minor, 0)",
    ),
    (
        "in_transit_equals_refunds",
        "What is in transit (1030) for a refund is its amount while it is sent or unknown.",
        "SELECT 'refund ' || coalesce(r.id, l.detail_id), l.amount_minor, r.amount_minor FROM"
        " (SELECT id, CASE WHEN state IN ('sent', 'unknown') THEN amount_minor ELSE 0 END AS amount_minor"
        " FROM refunds_refund) r"
        " FULL JOIN (SELECT x.detail_id, -sum(x.amount_minor) AS amount_minor FROM ledger_posting x"
        " JOIN ledger_account a ON a.id = x.account_id AND a.code = '1030'"
        " JOIN ledger_entry e ON e.id = x.entry_id AND e.cause_kind <> 'market_event' GROUP BY 1) l"
        " ON l.detail_id = r.id WHERE coalesce(l.amount_minor, 0) <> coalesce(r.amount_minor, 0)",
    ),
    (
        "payout_files_add_up",
        "A payout file that is not sent counts the refunds in it and comes to their sum.",
        "SELECT 'payout file ' || f.id, f.count, f.total_minor, r.count, r.total FROM refunds_payoutfile f"
        " LEFT JOIN (SELECT payout_file_id, count(*) AS count, sum(amount_minor) AS total FROM refunds_refund"
        " GROUP BY 1) r ON r.payout_file_id = f.id WHERE f.state IN ('asked', 'released')"
        " AND (f.count, f.total_minor) IS DISTINCT FROM (r.count, r.total)",
    ),
    (
        "refunds_decided_by_two",
        "Every refund that is payable was approved by somebody else than asked for it.",
        "SELECT 'refund ' || r.id, r.approved_by, r.requested_by FROM refunds_refund r"
        " WHERE r.owed AND r.state <> 'under_review'"
        " AND (r.approved_by_id IS NULL OR r.approved_by_id = r.requested_by_id) AND r.state <> 'failed'",
    ),
)
