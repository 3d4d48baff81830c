"""What must hold between sellers and the books: names, sentences and SQL whose rows break it."""

INVARIANTS = (
    (
        "sellers_pending_equals_orders",
        "What is pending for a seller (2065) is their part of orders that are paid and not yet available.",
        "SELECT 'party ' || coalesce(o.party_id, l.key_id), o.minor, l.minor FROM"
        " (SELECT party_id, currency, sum(amount_minor - fee_minor) AS minor FROM marketplace_sellerorder"
        " WHERE state = 'paid' GROUP BY 1, 2) o"
        " FULL JOIN (SELECT a.key_id, a.currency, -b.amount_minor AS minor FROM ledger_account a"
        " JOIN ledger_balance b ON b.account_id = a.id WHERE a.code = '2065') l"
        " ON l.key_id = o.party_id AND l.currency = o.currency"
        " WHERE coalesce(o.minor, 0) <> coalesce(l.minor, 0)",
    ),
    (
        "withdrawals_in_transit",
        "What is in transit (1030) of a withdrawal is its amount until it is paid or came back.",
        "SELECT 'withdrawal ' || coalesce(w.id, l.detail_id), w.minor, l.minor FROM"
        " (SELECT id, amount_minor AS minor FROM marketplace_withdrawal WHERE state = 'in_transit') w"
        " FULL JOIN (SELECT x.detail_id, -sum(x.amount_minor) AS minor FROM ledger_posting x"
        " JOIN ledger_account a ON a.id = x.account_id AND a.code = '1030'"
        " JOIN ledger_entry e ON e.id = x.entry_id AND e.cause_kind = 'market_event'"
        " GROUP BY 1 HAVING sum(x.amount_minor) <> 0) l ON l.detail_id = w.id"
        " WHERE w.minor IS DISTINCT FROM l.minor",
    ),
    (
        "market_events_are_posted",
        "Every event that moves money has its entry in the books.",
        "SELECT 'event ' || m.id, m.kind, m.amount_minor FROM marketplace_marketevent m"
        " LEFT JOIN ledger_entry e ON e.idempotency_key = 'market:' || m.id"
        " WHERE m.kind <> 'link_attempt' AND e.id IS NULL",
    ),
)
