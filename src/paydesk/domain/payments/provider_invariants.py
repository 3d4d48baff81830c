"""What must hold between providers' rows and the books: names, sentences and SQL whose rows break it."""

# What payments and rows make of 1020 (1010 at a bank): receipts less what was taken back, what the
# rows moved, what was kept back, reversals without their payment and rows nobody asked for, settlements that
# only the bank showed.
# Refunds that were paid come on top; they prove themselves.
CLEARING = """
SELECT key_id, currency, sum(amount_minor)::bigint AS amount_minor FROM (
    SELECT source_account_id AS key_id, currency, sum(amount_minor - reversed_minor) AS amount_minor
    FROM payments_payment {payments} GROUP BY 1, 2
    UNION ALL
    SELECT source_account_id, currency, sum(booked_minor - fee_minor) FROM payments_dayofrows GROUP BY 1, 2
    UNION ALL
    SELECT source_account_id, currency, -sum(amount_minor) FROM payments_reversalrow
    WHERE state IN ('open', 'explained') GROUP BY 1, 2
    UNION ALL
    SELECT b.source_account_id, t.currency, -sum(t.amount_minor) FROM payments_transitrow t
    JOIN payments_settlementbatch b ON b.id = t.batch_id WHERE t.state = 'matched' GROUP BY 1, 2
) part GROUP BY 1, 2
"""

INVARIANTS = (
    (
        "clearing_equals_rows",
        "What payments and rows made of an account with a provider or bank (1020, 1010): what came in, less"
        " what was taken back and kept, and what its rows moved.",
        "SELECT 'account ' || coalesce(l.key_id, o.key_id), l.amount_minor, o.amount_minor FROM"
        " (SELECT a.key_id, a.currency, sum(x.amount_minor) AS amount_minor FROM ledger_account a"
        " JOIN ledger_posting x ON x.account_id = a.id"
        " JOIN ledger_entry e ON e.id = x.entry_id AND e.cause_kind IN ('payment', 'line')"
        " WHERE a.code IN ('1010', '1020') GROUP BY 1, 2) l"
        f" FULL JOIN ({CLEARING.format(payments='')}) o"
        " ON o.key_id = l.key_id AND o.currency = l.currency"
        " WHERE coalesce(l.amount_minor, 0) <> coalesce(o.amount_minor, 0)",
    ),
    (
        "days_of_rows_equal_lines",
        "What the rows of a day and kind come to equals the rows themselves.",
        "SELECT concat_ws(' ', 'account', coalesce(d.source_account_id, l.source_account_id),"
        " coalesce(d.day, l.day), coalesce(d.kind, l.kind)), d.rows, l.rows,"
        " d.amount_minor, l.amount_minor FROM"
        " (SELECT * FROM payments_dayofrows WHERE rows <> 0 OR amount_minor <> 0) d"
        " FULL JOIN (SELECT l.source_account_id, l.currency, coalesce(l.booked_on, l.value_on) AS day,"
        " l.kind, count(*) AS rows, sum(coalesce(l.amount_minor, 0)) AS amount_minor"
        " FROM statements_statementline l"
        " JOIN providers_sourceaccount s ON s.id = l.source_account_id AND s.currency = l.currency"
        " AND s.role IN ('originates', 'settles')"
        " WHERE NOT l.withdrawn AND l.status = 'success' AND l.kind <> 'failed' GROUP BY 1, 2, 3, 4) l"
        " ON l.source_account_id = d.source_account_id AND l.currency = d.currency AND l.day = d.day"
        " AND l.kind = d.kind"
        " WHERE (d.rows, d.amount_minor) IS DISTINCT FROM (l.rows, l.amount_minor)",
    ),
    (
        "transit_stands_on_rows",
        "Money in transit (1025) is what left one account and is not seen at the other: zero where both ends"
        " are known.",
        "SELECT 'line ' || coalesce(l.detail_id, t.statement_line_id), l.amount_minor, t.amount_minor FROM"
        " (SELECT x.detail_id, sum(x.amount_minor) AS amount_minor FROM ledger_account a"
        " JOIN ledger_posting x ON x.account_id = a.id"
        " JOIN ledger_entry e ON e.id = x.entry_id AND e.cause_kind = 'line'"
        " WHERE a.code = '1025' GROUP BY 1) l"
        " FULL JOIN (SELECT statement_line_id, -amount_minor AS amount_minor FROM payments_transitrow"
        " WHERE state = 'open') t ON t.statement_line_id = l.detail_id"
        " WHERE coalesce(l.amount_minor, 0) <> coalesce(t.amount_minor, 0)",
    ),
    (
        "ends_of_transit_fit",
        "Two ends of money in transit name each other, in one currency, with amounts that cancel.",
        "SELECT 'transit ' || t.id, t.amount_minor, p.amount_minor FROM payments_transitrow t"
        " LEFT JOIN payments_transitrow p ON p.id = t.partner_id"
        " WHERE t.state = 'matched' AND (CASE WHEN t.batch_id IS NULL THEN"
        " (p.partner_id, p.currency, p.amount_minor, p.state)"
        " IS DISTINCT FROM (t.id, t.currency, -t.amount_minor, t.state) ELSE p.id IS NOT NULL END)",
    ),
    (
        "lone_reversals_are_recoverable",
        "A row whose payment is missing or that nobody asked for is recoverable (1310) with its amount until"
        " it is explained, no other is.",
        "SELECT 'line ' || coalesce(l.detail_id, r.statement_line_id), l.amount_minor, r.amount_minor FROM"
        " (SELECT x.detail_id, sum(x.amount_minor) AS amount_minor FROM ledger_posting x"
        " JOIN ledger_account a ON a.id = x.account_id AND a.code = '1310'"
        " JOIN ledger_entry e ON e.id = x.entry_id AND e.cause_kind IN ('line', 'refund', 'dispute')"
        " GROUP BY 1) l"
        " FULL JOIN (SELECT statement_line_id, amount_minor FROM payments_reversalrow"
        " WHERE state = 'open') r ON r.statement_line_id = l.detail_id"
        " WHERE coalesce(l.amount_minor, 0) <> coalesce(r.amount_minor, 0)",
    ),
    (
        "reversal_rows_within_payment",
        "The rows that took a payment back come to no more than what is taken back of it.",
        "SELECT 'payment ' || p.id, p.reversed_minor, sum(r.amount_minor) FROM payments_reversalrow r"
        " JOIN payments_payment p ON p.id = r.payment_id WHERE r.state IN ('matched', 'confirmed')"
        " GROUP BY p.id HAVING sum(r.amount_minor) > p.reversed_minor",
    ),
    (
        "every_final_row_is_booked",
        "Every final row of an account that originates or settles is in the books: with an entry of its own,"
        " as a payment or what took one back, or as the fee of its payment.",
        "SELECT 'line ' || l.id, l.amount_minor, l.kind FROM statements_statementline l"
        " JOIN providers_sourceaccount s ON s.id = l.source_account_id AND s.currency = l.currency"
        " AND s.role IN ('originates', 'settles')"
        " WHERE NOT l.withdrawn AND l.status = 'success' AND l.amount_minor <> 0"
        " AND l.kind NOT IN ('failed', 'order', 'notice')"
        " AND NOT (l.kind = 'payment' AND l.amount_minor > 0 AND s.role = 'originates')"
        " AND NOT EXISTS (SELECT FROM ledger_entry e WHERE e.idempotency_key = 'row:' || l.id)"
        " AND NOT EXISTS (SELECT FROM payments_reversalrow r WHERE r.statement_line_id = l.id"
        " AND r.state IN ('matched', 'confirmed'))"
        " AND NOT (l.kind = 'fee' AND EXISTS (SELECT FROM payments_moved(ARRAY[l.id]) m"
        " WHERE m.booked_minor = 0))",
    ),
    (
        "explained_rows_are_posted",
        "What explains a row (a refund, a fee) is booked once, and takes just its amount off what is"
        " recoverable (1310).",
        "SELECT 'line ' || r.statement_line_id, r.amount_minor, x.amount_minor FROM payments_reversalrow r"
        " LEFT JOIN (SELECT p.entry_id, p.detail_id, -sum(p.amount_minor) AS amount_minor"
        " FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id AND a.code = '1310'"
        " GROUP BY 1, 2) x ON x.entry_id = r.entry_id AND x.detail_id = r.statement_line_id"
        " WHERE r.state = 'explained' AND x.amount_minor IS DISTINCT FROM r.amount_minor",
    ),
)
