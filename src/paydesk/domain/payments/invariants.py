"""What must hold between payments, contracts and the books: names, sentences and SQL whose rows break it."""

INVARIANTS = (
    (
        "allocations_within_payment",
        "What is applied of a payment equals its live allocations; nothing of it is in two places.",
        "SELECT 'payment ' || p.id, p.allocated_minor, coalesce(a.amount_minor, 0) FROM payments_payment p"
        " LEFT JOIN (SELECT payment_id, sum(amount_minor) AS amount_minor FROM payments_allocation"
        " GROUP BY 1) a ON a.payment_id = p.id"
        " WHERE p.allocated_minor <> coalesce(a.amount_minor, 0) OR p.open_minor < 0",
    ),
    (
        "due_items_equal_allocations",
        "What is paid of a due item equals its live allocations.",
        "SELECT 'due item ' || d.id, d.allocated_minor, coalesce(a.amount_minor, 0) FROM contracts_dueitem d"
        " LEFT JOIN (SELECT due_item_id, sum(amount_minor) AS amount_minor FROM payments_allocation"
        " GROUP BY 1) a ON a.due_item_id = d.id WHERE d.allocated_minor <> coalesce(a.amount_minor, 0)",
    ),
    (
        "credit_events_equal_allocations",
        "The credit events of a contract equal the allocations to its due items.",
        "SELECT 'contract ' || coalesce(e.contract_id, a.contract_id), e.amount_minor, a.amount_minor FROM"
        " (SELECT contract_id, sum(amount_minor) AS amount_minor FROM contracts_creditevent GROUP BY 1) e"
        " FULL JOIN (SELECT d.contract_id, sum(x.amount_minor) AS amount_minor FROM payments_allocation x"
        " JOIN contracts_dueitem d ON d.id = x.due_item_id GROUP BY 1) a ON a.contract_id = e.contract_id"
        " WHERE coalesce(e.amount_minor, 0) <> coalesce(a.amount_minor, 0)",
    ),
    (
        "every_payment_is_posted",
        "Every payment has one receipt of its amount in the books, on the account it came through.",
        "SELECT 'payment ' || p.id, p.amount_minor, r.amount_minor FROM payments_payment p"
        " LEFT JOIN ledger_entry e ON e.idempotency_key = 'received:' || p.id"
        " LEFT JOIN (SELECT x.entry_id, sum(x.amount_minor) AS amount_minor, min(a.key_id) AS key_id"
        " FROM ledger_posting x JOIN ledger_account a ON a.id = x.account_id AND a.code IN ('1010', '1020')"
        " GROUP BY 1) r ON r.entry_id = e.id"
        " WHERE r.amount_minor IS DISTINCT FROM p.amount_minor"
        " OR r.key_id IS DISTINCT FROM p.source_account_id",
    ),
    (
        "unapplied_equals_payments",
        "Unapplied cash (2010) of a customer equals what is open or reserved of their payments.",
        "SELECT 'customer ' || coalesce(l.key_id, p.customer_id), l.amount_minor, p.open_minor FROM"
        " (SELECT a.key_id, a.currency, -b.amount_minor AS amount_minor FROM ledger_account a"
        " JOIN ledger_balance b ON b.account_id = a.id WHERE a.code = '2010') l"
        " FULL JOIN (SELECT customer_id, currency, sum(open_minor + reserved_minor) AS open_minor"
        " FROM payments_payment WHERE customer_id IS NOT NULL GROUP BY 1, 2) p"
        " ON p.customer_id = l.key_id AND p.currency = l.currency"
        " WHERE coalesce(l.amount_minor, 0) <> coalesce(p.open_minor, 0)",
    ),
    (
        "suspense_equals_payments",
        "Suspense (2020) holds exactly the payments whose payer is unknown.",
        "SELECT 'line ' || coalesce(l.detail_id, p.statement_line_id), l.amount_minor, p.open_minor FROM"
        " (SELECT x.detail_id, -sum(x.amount_minor) AS amount_minor FROM ledger_posting x"
        " JOIN ledger_account a ON a.id = x.account_id AND a.code = '2020' GROUP BY 1) l"
        " FULL JOIN (SELECT statement_line_id, sum(open_minor + reserved_minor) AS open_minor"
        " FROM payments_payment WHERE customer_id IS NULL GROUP BY 1) p"
        " ON p.statement_line_id = l.detail_id"
        " WHERE coalesce(l.amount_minor, 0) <> coalesce(p.open_minor, 0)",
    ),
    (
        "receivable_equals_due",
        "What an active contract owes in the books (1100, 1110) equals what is open of its due items.",
        "SELECT 'contract ' || c.id, coalesce(l.amount_minor, 0), coalesce(d.open_minor, 0)"
        " FROM contracts_contract c"
        " LEFT JOIN (SELECT a.key_id, sum(b.amount_minor) AS amount_minor FROM ledger_account a"
        " JOIN ledger_balance b ON b.account_id = a.id WHERE a.code IN ('1100', '1110') GROUP BY 1) l"
        " ON l.key_id = c.id"
        " LEFT JOIN (SELECT contract_id, sum(amount_minor - allocated_minor) AS open_minor"
        " FROM contracts_dueitem GROUP BY 1) d ON d.contract_id = c.id"
        " WHERE c.state IN ('active', 'completed', 'defaulted')"
        " AND coalesce(l.amount_minor, 0) <> coalesce(d.open_minor, 0)",
    ),
    (
        "contract_state_fits",
        "A completed contract has nothing open; an active one has.",
        "SELECT 'contract ' || c.id, c.state, d.open_minor FROM contracts_contract c"
        " JOIN (SELECT contract_id, sum(amount_minor - allocated_minor) AS open_minor FROM contracts_dueitem"
        " GROUP BY 1) d ON d.contract_id = c.id"
        " WHERE (c.state = 'completed') <> (d.open_minor = 0) AND c.state IN ('active', 'completed')",
    ),
    (
        "credit_equals_payments",
        "The credit balance (2040) of a customer equals what of their payments was credited, goodwill aside.",
        "SELECT 'customer ' || coalesce(l.key_id, p.customer_id), l.amount_minor, p.credited FROM"
        " (SELECT a.key_id, a.currency, -b.amount_minor - coalesce(g.amount_minor, 0) AS amount_minor"
        " FROM ledger_account a JOIN ledger_balance b ON b.account_id = a.id"
        " LEFT JOIN (SELECT x.account_id, -sum(x.amount_minor) AS amount_minor FROM ledger_posting x"
        " JOIN ledger_entry e ON e.id = x.entry_id AND e.cause_kind = 'goodwill' GROUP BY 1) g"
        " ON g.account_id = a.id WHERE a.code = '2040') l"
        " FULL JOIN (SELECT customer_id, currency, sum(credited_minor) AS credited FROM payments_payment"
        " WHERE customer_id IS NOT NULL GROUP BY 1, 2) p"
        " ON p.customer_id = l.key_id AND p.currency = l.currency"
        " WHERE coalesce(l.amount_minor, 0) <> coalesce(p.credited, 0)",
    ),
    (
        "recoverable_equals_payments",
        "What is recoverable (1310) equals what was taken back of payments that had been passed on.",
        "SELECT 'currency ' || coalesce(l.currency, p.currency), l.amount_minor, p.shortfall FROM"
        " (SELECT a.currency, sum(x.amount_minor) AS amount_minor FROM ledger_posting x"
        " JOIN ledger_account a ON a.id = x.account_id AND a.code = '1310'"
        " JOIN ledger_entry e ON e.id = x.entry_id AND e.cause_kind = 'payment' GROUP BY 1) l"
        " FULL JOIN (SELECT currency, sum(shortfall_minor) AS shortfall FROM payments_payment GROUP BY 1) p"
        " ON p.currency = l.currency WHERE coalesce(l.amount_minor, 0) <> coalesce(p.shortfall, 0)",
    ),
    (
        "payment_agrees_with_its_line",
        "A payment has the amount, currency and account of its statement line; one line is one payment.",
        "SELECT 'payment ' || p.id, p.amount_minor, l.amount_minor FROM payments_payment p"
        " LEFT JOIN statements_statementline l ON l.id = p.statement_line_id"
        " WHERE l.amount_minor IS DISTINCT FROM p.amount_minor OR l.currency <> p.currency"
        " OR l.source_account_id <> p.source_account_id OR l.kind <> 'payment' OR l.status <> 'success'",
    ),
    (
        "every_final_payment_row_is_a_payment",
        "Every final, successful payment row of an originating account is a payment.",
        "SELECT 'line ' || l.id, l.amount_minor, l.currency FROM statements_statementline l"
        " JOIN providers_sourceaccount s ON s.id = l.source_account_id AND s.role = 'originates'"
        " AND s.currency = l.currency"
        " LEFT JOIN payments_payment p ON p.source_account_id = l.source_account_id"
        " AND p.evidence_key = coalesce(nullif(l.provider_ref, ''), l.line_key::text)"
        " AND p.state <> 'unposted'"
        " WHERE NOT l.withdrawn AND l.kind = 'payment' AND l.status = 'success' AND l.amount_minor > 0"
        " AND p.id IS NULL",
    ),
    (
        "posted_files_account_for_every_row",
        "Every row of a posted file is a new line, a known line or a rejected line.",
        "SELECT 'file ' || f.id, f.line_count, f.new_count + f.known_count FROM statements_sourcefile f"
        " WHERE f.state = 'posted' AND (f.new_count <> (SELECT count(*) FROM statements_statementline l"
        " WHERE l.file_id = f.id) OR f.line_count > f.new_count + f.known_count + f.rejected_count)",
    ),
)
