"""What must hold in the books: name, sentence, and SQL whose rows break it (what, then figures)."""

INVARIANTS = (
    (
        "entries_balance",
        "Debits equal credits in every entry and currency.",
        "SELECT 'entry ' || entry_id, currency, sum(amount_minor) FROM ledger_posting"
        " GROUP BY entry_id, currency HAVING sum(amount_minor) <> 0",
    ),
    (
        "entries_complete",
        "Every entry has exactly the legs it was posted with, and no posting is without an entry.",
        "SELECT 'entry ' || coalesce(e.id, p.entry_id), e.leg_count, p.legs FROM ledger_entry e"
        " FULL JOIN (SELECT entry_id, count(*) AS legs FROM ledger_posting GROUP BY 1) p ON p.entry_id = e.id"
        " WHERE e.leg_count IS DISTINCT FROM p.legs OR e.leg_count < 2",
    ),
    (
        "postings_in_account_currency",
        "Every posting is in the currency of its account.",
        "SELECT 'entry ' || p.entry_id, p.currency, a.currency FROM ledger_posting p"
        " LEFT JOIN ledger_account a ON a.id = p.account_id WHERE a.currency IS DISTINCT FROM p.currency",
    ),
    (
        "balances_equal_postings",
        "Every stored balance equals the sum of its postings.",
        "SELECT 'account ' || a.id, b.amount_minor, coalesce(p.amount_minor, 0) FROM ledger_account a"
        " LEFT JOIN ledger_balance b ON b.account_id = a.id"
        " LEFT JOIN (SELECT account_id, sum(amount_minor) AS amount_minor FROM ledger_posting GROUP BY 1) p"
        " ON p.account_id = a.id"
        " WHERE a.keeps_balance AND b.amount_minor IS DISTINCT FROM coalesce(p.amount_minor, 0)",
    ),
    (
        "unapplied_not_below_zero",
        "No customer's unapplied cash (2010) or deposit (2030) is below zero.",
        "SELECT 'account ' || a.id || ' ' || a.code, a.key_id, b.amount_minor FROM ledger_account a"
        " JOIN ledger_balance b ON b.account_id = a.id"
        " WHERE a.code IN ('2010', '2030') AND b.amount_minor > 0",
    ),
    (
        "suspense_not_below_zero",
        "No line's money in suspense (2020) is below zero.",
        "SELECT 'line ' || p.detail_id, a.currency, sum(p.amount_minor) FROM ledger_posting p"
        " JOIN ledger_account a ON a.id = p.account_id AND a.code = '2020'"
        " GROUP BY p.detail_id, a.currency HAVING sum(p.amount_minor) > 0",
    ),
)
