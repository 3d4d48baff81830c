"""What must hold between goodwill and the books: names, sentences and SQL whose rows break it."""

INVARIANTS = (
    (
        "goodwill_equals_the_expense",
        "What was given as goodwill and not undone is the expense (5070), each of it by its own entries.",
        "SELECT 'goodwill ' || coalesce(g.id, l.cause_id), g.amount_minor, l.amount_minor FROM"
        " (SELECT id, amount_minor FROM goodwill_goodwill WHERE state = 'given') g"
        " FULL JOIN (SELECT e.cause_id, sum(x.amount_minor) AS amount_minor FROM ledger_posting x"
        " JOIN ledger_account a ON a.id = x.account_id AND a.code = '5070'"
        " JOIN ledger_entry e ON e.id = x.entry_id AND e.cause_kind = 'goodwill'"
        " GROUP BY 1 HAVING sum(x.amount_minor) <> 0) l ON l.cause_id = g.id"
        " WHERE g.amount_minor IS DISTINCT FROM l.amount_minor",
    ),
)
