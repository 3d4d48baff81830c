-- Receiving, identifying and allocating, set by set: a single payment is a batch of one.
-- See docs/adr/0003-posting-in-the-database.md; the rules themselves, in plain Python, are payments/rules.py
-- and contracts/rules.py, and tests hold the two against each other.
-- What is looked up by key is written as LATERAL (... LIMIT 1 or OFFSET 0) or as a scalar subquery, which always
-- become index look-ups: right for one payment and for 50,000, whatever the statistics say in the middle of an import.

CREATE TYPE payments_claim_draft AS (customer_id bigint, contract_id bigint, rule text, matched_key text);

-- A payment on its way through a batch. `origin`: new (from a statement line), suspense or unapplied (by hand).
-- `claims` are those that name no single contract.
CREATE TYPE payments_draft AS (
    payment_id bigint, origin text, line_id bigint, source_account_id bigint, ledger_code text, market text,
    currency text, amount_minor bigint, left_minor bigint, evidence_key text, paid_at timestamptz,
    booked_on date, value_on date, customer_id bigint, contract_id bigint, rule text, matched_key text,
    claims payments_claim_draft[]
);

-- draft_no is the place of the payment in the array of drafts, from 1.
CREATE TYPE payments_allocation_draft AS (draft_no bigint, payment_id bigint, due_item_id bigint, amount_minor bigint);

-- Plan, post and store a batch whose payers are decided. Contracts and payments of the drafts are locked by the
-- caller. Of each draft as much as its contract takes goes to due items: oldest due date first, on one day penalties
-- and fees before the deposit and the instalment, ahead up to the end of the plan.
CREATE FUNCTION payments_write(p_drafts payments_draft[], p_actor text, p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    -- One element per draft: what goes to the sale (1100), to fees and penalties (1110), to a deposit held (2030), to
    -- the customer's credit (2040), and the place of the entry that applies it (0 for none).
    v_sale bigint[];
    v_fees bigint[];
    v_deposit bigint[];
    v_credited bigint[];
    v_applied_no integer[];
    v_allocations payments_allocation_draft[];
    v_entries ledger_entry_draft[];
    v_legs ledger_leg_draft[];
    v_by_hand boolean;
    v_entry_ids bigint[];
BEGIN
    WITH draft AS MATERIALIZED (
        SELECT d.ordinality AS draft_no, d.payment_id, d.contract_id, d.currency, d.left_minor, d.value_on
        FROM unnest(p_drafts) WITH ORDINALITY d
    ), money AS MATERIALIZED (
        -- The money and the due items of a contract are each laid end to end; where they overlap, one pays the other.
        SELECT draft_no, payment_id, contract_id, currency,
               (sum(left_minor) OVER w)::bigint - left_minor AS starts, (sum(left_minor) OVER w)::bigint AS ends
        FROM draft
        WHERE contract_id IS NOT NULL AND left_minor > 0
        WINDOW w AS (PARTITION BY contract_id, currency ORDER BY value_on, payment_id ROWS UNBOUNDED PRECEDING)
    ), due AS MATERIALIZED (
        SELECT m.contract_id, m.currency, m.money_minor, i.id, i.starts, i.ends,
               CASE WHEN c.state = 'deposit_pending' THEN '2030'
                    WHEN i.kind IN ('fee', 'penalty') THEN '1110' ELSE '1100' END AS ledger_code
        FROM (SELECT contract_id, currency, max(ends) AS money_minor FROM money GROUP BY 1, 2) m
        CROSS JOIN LATERAL (
            SELECT state FROM contracts_contract WHERE id = m.contract_id AND currency = m.currency LIMIT 1
        ) c
        CROSS JOIN LATERAL (
            SELECT o.id, o.kind, (sum(o.open_minor) OVER w)::bigint - o.open_minor AS starts,
                   (sum(o.open_minor) OVER w)::bigint AS ends
            FROM (SELECT i.*, i.amount_minor - i.allocated_minor AS open_minor FROM contracts_dueitem i) o
            WHERE o.contract_id = m.contract_id AND o.open_minor > 0
              AND (c.state IN ('active', 'defaulted') OR (c.state = 'deposit_pending' AND o.kind = 'deposit'))
            WINDOW w AS (ORDER BY o.due_on, contracts_kind_rank(o.kind), o.id ROWS UNBOUNDED PRECEDING)
        ) i
        WHERE i.starts <= m.money_minor  -- one item further than the money reaches tells that something stays open
    ), allocation AS MATERIALIZED (
        SELECT m.draft_no, m.payment_id, d.id AS due_item_id, d.ledger_code, d.starts,
               least(m.ends, d.ends) - greatest(m.starts, d.starts) AS amount_minor
        FROM money m
        JOIN due d ON d.contract_id = m.contract_id AND d.currency = m.currency
            AND m.starts < d.ends AND d.starts < m.ends
    ), paid AS (
        UPDATE contracts_dueitem i SET allocated_minor = i.allocated_minor + a.amount_minor
        FROM (SELECT due_item_id, sum(amount_minor) AS amount_minor FROM allocation GROUP BY 1) a
        WHERE i.id = a.due_item_id
    ), paid_off AS (
        UPDATE contracts_contract c
        SET state = CASE c.state WHEN 'deposit_pending' THEN 'deposit_paid' ELSE 'completed' END,
            version = c.version + 1
        FROM (SELECT contract_id FROM due GROUP BY contract_id, money_minor HAVING max(ends) <= money_minor) d
        WHERE c.id = d.contract_id AND c.state IN ('deposit_pending', 'active')
    ), applied AS (
        -- With a row of nothing per draft, in place of an outer join that a wrong guess could make quadratic.
        SELECT draft_no,
               coalesce(sum(amount_minor) FILTER (WHERE ledger_code = '1100'), 0)::bigint AS sale,
               coalesce(sum(amount_minor) FILTER (WHERE ledger_code = '1110'), 0)::bigint AS fees,
               coalesce(sum(amount_minor) FILTER (WHERE ledger_code = '2030'), 0)::bigint AS deposit
        FROM (
            SELECT draft_no, ledger_code, amount_minor FROM allocation
            UNION ALL SELECT draft_no, '', 0 FROM draft
        ) part
        GROUP BY draft_no
    )
    SELECT array_agg(sale ORDER BY draft_no), array_agg(fees ORDER BY draft_no), array_agg(deposit ORDER BY draft_no),
           (SELECT array_agg(ROW(draft_no, payment_id, due_item_id, amount_minor)::payments_allocation_draft
                             ORDER BY draft_no, starts) FROM allocation)
    INTO v_sale, v_fees, v_deposit, v_allocations
    FROM applied;

    -- Entries, payment by payment: one that brings money in or names its payer, then one that applies some. What is
    -- left of a payment whose payer has no open contract (any more) is the customer's credit.
    WITH draft AS (
        SELECT d.*, d.origin IN ('new', 'suspense') AS arrives,
               CASE WHEN p.market IS NULL THEN d.booked_on ELSE (p_at AT TIME ZONE 'UTC')::date END AS open_day,
               CASE WHEN d.customer_id IS NOT NULL AND d.left_minor > d.sale + d.fees + d.deposit
                     AND NOT EXISTS (
                         SELECT FROM contracts_contract c
                         WHERE c.customer_id = d.customer_id AND contracts_is_open(c.state)
                     )
                    THEN d.left_minor - d.sale - d.fees - d.deposit ELSE 0 END AS credited
        FROM unnest(p_drafts, v_sale, v_fees, v_deposit) WITH ORDINALITY d(
            payment_id, origin, line_id, source_account_id, ledger_code, market, currency, amount_minor, left_minor,
            evidence_key, paid_at, booked_on, value_on, customer_id, contract_id, rule, matched_key,
            claims, sale, fees, deposit, draft_no
        )
        LEFT JOIN ledger_closed_period p ON p.market = d.market AND p.closed_through >= d.booked_on
    ), numbered AS MATERIALIZED (
        SELECT draft_no, payment_id, origin, line_id, source_account_id, ledger_code, market, currency, amount_minor,
               open_day, value_on, customer_id, contract_id, sale, fees, deposit, credited, arrives,
               sale + fees + deposit + credited AS total,
               (sum(arrives::integer + (sale + fees + deposit + credited > 0)::integer)
                    OVER (ORDER BY draft_no ROWS UNBOUNDED PRECEDING))::integer AS last_no
        FROM draft
    ), entry AS (
        SELECT last_no - (total > 0)::integer AS entry_no,
               CASE origin WHEN 'new' THEN 'payment.received' ELSE 'payment.identified' END AS kind, market, open_day,
               value_on, payment_id,
               CASE origin WHEN 'new' THEN 'received:' ELSE 'identified:' END || payment_id AS idempotency_key
        FROM numbered WHERE arrives
        UNION ALL
        SELECT last_no, 'payment.allocated', market, open_day, value_on, payment_id,
               'allocated:' || payment_id || ':' || CASE WHEN origin = 'new' THEN 0 ELSE (
                   SELECT version FROM payments_payment p WHERE p.id = payment_id) END
        FROM numbered WHERE total > 0
    ), leg AS (
        SELECT last_no - (total > 0)::integer AS entry_no, 1 AS leg_no, market,
               CASE origin WHEN 'new' THEN ledger_code ELSE '2020' END AS code, currency, source_account_id AS key_id,
               amount_minor, CASE origin WHEN 'new' THEN NULL ELSE line_id END AS detail_id
        FROM numbered WHERE arrives
        UNION ALL
        SELECT last_no - (total > 0)::integer, 2, market, CASE WHEN customer_id IS NULL THEN '2020' ELSE '2010' END,
               currency, coalesce(customer_id, source_account_id), -amount_minor, CASE WHEN customer_id IS NULL THEN line_id END
        FROM numbered WHERE arrives
        UNION ALL
        SELECT last_no, 1, market, '2010', currency, customer_id, total, NULL FROM numbered WHERE total > 0
        UNION ALL
        SELECT last_no, 2, market, '2030', currency, contract_id, -deposit, NULL FROM numbered WHERE deposit > 0
        UNION ALL
        SELECT last_no, 2 + (deposit > 0)::integer, market, '1110', currency, contract_id, -fees, NULL
        FROM numbered WHERE fees > 0
        UNION ALL
        SELECT last_no, 2 + (deposit > 0)::integer + (fees > 0)::integer, market, '1100', currency, contract_id, -sale, NULL
        FROM numbered WHERE sale > 0
        UNION ALL
        SELECT last_no, 2 + (deposit > 0)::integer + (fees > 0)::integer + (sale > 0)::integer, market, '2040', currency,
               customer_id, -credited, NULL
        FROM numbered WHERE credited > 0
    )
    SELECT array_agg(credited ORDER BY draft_no),
           array_agg(CASE WHEN total > 0 THEN last_no ELSE 0 END ORDER BY draft_no),
           (SELECT array_agg(ROW(kind, market, open_day, value_on, 'payment', payment_id, idempotency_key, NULL
                                 )::ledger_entry_draft ORDER BY entry_no) FROM entry),
           (SELECT array_agg(ROW(entry_no, leg_no, market, code, currency, key_id, amount_minor, detail_id)::ledger_leg_draft
                             ORDER BY entry_no, leg_no) FROM leg),
           bool_or(origin <> 'new')
    INTO v_credited, v_applied_no, v_entries, v_legs, v_by_hand
    FROM numbered;

    IF v_entries IS NOT NULL THEN
        v_entry_ids := ledger_post(v_entries, v_legs, p_actor, p_at);
    END IF;

    WITH draft AS MATERIALIZED (
        SELECT d.*, d.sale + d.fees + d.deposit AS allocated
        FROM unnest(p_drafts, v_sale, v_fees, v_deposit, v_credited) WITH ORDINALITY d(
            payment_id, origin, line_id, source_account_id, ledger_code, market, currency, amount_minor, left_minor,
            evidence_key, paid_at, booked_on, value_on, customer_id, contract_id, rule, matched_key,
            claims, sale, fees, deposit, credited, draft_no
        )
    ), payment AS (
        INSERT INTO payments_payment (
            id, market, source_account_id, statement_line_id, evidence_key, state, amount_minor, currency, paid_at,
            received_at, booked_on, value_on, customer_id, contract_id, rule, matched_key,
            allocated_minor, credited_minor, version
        ) OVERRIDING SYSTEM VALUE
        SELECT d.payment_id, d.market, d.source_account_id, d.line_id, d.evidence_key, 'received', d.amount_minor,
               d.currency, d.paid_at, p_at, d.booked_on, d.value_on, d.customer_id, d.contract_id, d.rule,
               d.matched_key, d.allocated, d.credited, 1
        FROM draft d WHERE d.origin = 'new'
    ), event AS (
        INSERT INTO contracts_creditevent (
            contract_id, kind, amount_minor, value_on, at, cause_kind, cause_id, entry_id
        )
        SELECT d.contract_id, 'payment', d.allocated, d.value_on, p_at, 'payment', d.payment_id,
               v_entry_ids[v_applied_no[d.draft_no]]
        FROM draft d WHERE d.allocated > 0
    )
    INSERT INTO payments_allocation (payment_id, due_item_id, amount_minor, entry_id, at, actor)
    SELECT a.payment_id, a.due_item_id, a.amount_minor, v_entry_ids[v_applied_no[a.draft_no]],
           p_at, p_actor
    FROM unnest(v_allocations) a;

    IF v_by_hand THEN
        UPDATE payments_payment p
        SET customer_id = d.customer_id,
            contract_id = coalesce(p.contract_id, d.contract_id),
            rule = CASE WHEN d.origin = 'suspense' THEN d.rule ELSE p.rule END,
            matched_key = CASE WHEN d.origin = 'suspense' THEN d.matched_key ELSE p.matched_key END,
            allocated_minor = p.allocated_minor
                + v_sale[d.ordinality] + v_fees[d.ordinality] + v_deposit[d.ordinality],
            credited_minor = p.credited_minor + v_credited[d.ordinality],
            version = p.version + 1
        FROM unnest(p_drafts) WITH ORDINALITY d
        WHERE p.id = d.payment_id AND d.origin <> 'new';
    END IF;
END $$;
