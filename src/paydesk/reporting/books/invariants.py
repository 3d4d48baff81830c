"""What must hold for the sums and exports of the books: name, sentence, and SQL whose rows break it."""

INVARIANTS = (
    (
        "daily_sums_equal_postings",
        "The sums per day and account equal the postings they were made of.",
        "SELECT concat_ws(' ', coalesce(s.market, p.market), coalesce(s.code, p.code),"
        " coalesce(s.key_id, p.key_id), coalesce(s.booked_on, p.booked_on)),"
        " coalesce(s.currency, p.currency),"
        " s.debit_minor, p.debit_minor, s.credit_minor, p.credit_minor"
        " FROM books_daily_sum s FULL JOIN (SELECT e.market, a.code, x.currency,"
        " CASE WHEN a.keeps_balance THEN 0 ELSE a.key_id END AS key_id, e.booked_on, count(*) AS postings,"
        " sum(greatest(x.amount_minor, 0)) AS debit_minor, sum(greatest(-x.amount_minor, 0)) AS credit_minor"
        " FROM ledger_entry e JOIN ledger_posting x ON x.entry_id = e.id"
        " JOIN ledger_account a ON a.id = x.account_id"
        " WHERE e.id <= (SELECT summed_through FROM books_horizon) GROUP BY 1, 2, 3, 4, 5) p"
        " ON p.market = s.market AND p.code = s.code AND p.currency = s.currency AND p.key_id = s.key_id"
        " AND p.booked_on = s.booked_on"
        " WHERE (s.debit_minor, s.credit_minor, s.postings)"
        " IS DISTINCT FROM (p.debit_minor, p.credit_minor, p.postings)",
    ),
    (
        "journal_exports_continue",
        "Each journal export begins where the one before it ended: no entry is in two, none is left out.",
        "SELECT 'export ' || e.id, e.market, e.number FROM books_journal_export e"
        " LEFT JOIN books_journal_export b ON b.market = e.market AND b.number = e.number - 1"
        " WHERE (coalesce(b.through_on, '-infinity'), coalesce(b.last_entry_id, 0))"
        " IS DISTINCT FROM (coalesce(e.earlier_through_on, '-infinity'), e.earlier_entry_id)",
    ),
    (
        "journal_exports_keep_their_entries",
        "Every journal export still holds the entries and postings it was made of, balanced.",
        "SELECT 'export ' || x.id, x.entries, h.entries, x.postings, h.postings, h.off"
        " FROM books_journal_export x"
        " CROSS JOIN LATERAL (SELECT count(DISTINCT e.id) AS entries, count(p.entry_id) AS postings,"
        " coalesce(sum(p.amount_minor), 0) AS off"
        " FROM ledger_entry e LEFT JOIN ledger_posting p ON p.entry_id = e.id WHERE e.market = x.market"
        " AND e.booked_on <= x.through_on AND e.id <= x.last_entry_id AND NOT"
        " (e.booked_on <= coalesce(x.earlier_through_on, '-infinity') AND e.id <= x.earlier_entry_id)) h"
        " WHERE x.entries <> h.entries OR x.postings <> h.postings OR h.off <> 0",
    ),
)
