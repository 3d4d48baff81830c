"""What must hold between disputes, their rows and the books: names, sentences and SQL whose rows break it."""

INVARIANTS = (
    (
        "disputed_funds_equal_disputes",
        "What is claimed for a dispute (1300) is what was debited for it, less what came back and what is"
        " lost.",
        "SELECT 'dispute ' || coalesce(d.id, l.key_id), l.amount_minor, d.amount_minor FROM"
        " (SELECT id, debited_minor - credited_minor - lost_minor AS amount_minor FROM disputes_dispute) d"
        " FULL JOIN (SELECT a.key_id, sum(x.amount_minor) AS amount_minor FROM ledger_account a"
        " JOIN ledger_posting x ON x.account_id = a.id WHERE a.code = '1300' GROUP BY 1) l ON l.key_id = d.id"
        " WHERE coalesce(l.amount_minor, 0) <> coalesce(d.amount_minor, 0)",
    ),
    (
        "disputes_equal_their_rows",
        "What was debited, credited and taken as a fee for a dispute is what the provider's rows moved.",
        "SELECT 'dispute ' || d.id, d.debited_minor, d.credited_minor, d.fee_minor FROM disputes_dispute d"
        " LEFT JOIN (SELECT explained_id,"
        " sum(amount_minor) FILTER (WHERE explained_as = 'dispute' AND amount_minor > 0) AS debited,"
        " -sum(amount_minor) FILTER (WHERE explained_as = 'dispute' AND amount_minor < 0) AS credited,"
        " sum(amount_minor) FILTER (WHERE explained_as = 'fee_of_dispute') AS fee"
        " FROM payments_reversalrow WHERE state = 'explained'"
        " AND explained_as IN ('dispute', 'fee_of_dispute') GROUP BY 1) r ON r.explained_id = d.id"
        " WHERE (d.debited_minor, d.credited_minor, d.fee_minor)"
        " <> (coalesce(r.debited, 0), coalesce(r.credited, 0), coalesce(r.fee, 0))",
    ),
    (
        "lost_disputes_claim_nothing",
        "Of a dispute that is lost nothing is claimed any more (1300).",
        "SELECT 'dispute ' || id, debited_minor, credited_minor, lost_minor FROM disputes_dispute"
        " WHERE state IN ('lost', 'lost_for_good', 'expired')"
        " AND debited_minor - credited_minor <> lost_minor",
    ),
    (
        "captured_covers_lost_disputes",
        "What disputes took off a payment is among what was taken back of it, no more than was paid.",
        "SELECT 'payment ' || p.id, p.reversed_minor, sum(d.lost_of_payment_minor) FROM payments_payment p"
        " JOIN disputes_dispute d ON d.payment_id = p.id GROUP BY p.id"
        " HAVING sum(d.lost_of_payment_minor) > p.reversed_minor"
        " OR p.reversed_minor + p.refunded_minor - p.shortfall_minor > p.amount_minor",
    ),
    (
        "disputes_answered_by_two",
        "Every answer to a scheme was agreed to by somebody else than asked for it.",
        "SELECT 'dispute ' || d.id, d.state, a.asked_by, a.decided_by FROM disputes_dispute d"
        " LEFT JOIN approvals_approval a ON a.subject_kind = 'dispute' AND a.subject_id = d.id"
        " AND a.state = 'approved'"
        " WHERE d.answered_at IS NOT NULL AND (a.id IS NULL OR a.asked_by_id = a.decided_by_id)",
    ),
)
