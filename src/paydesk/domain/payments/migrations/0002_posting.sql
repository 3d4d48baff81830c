-- Receiving, identifying and allocating, set by set: a single payment is a batch of one.
-- See docs/adr/0003-posting-in-the-database.md; the rules themselves, in plain Python, are payments/rules.py
-- and contracts/rules.py, and tests hold the two against each other.

-- A payment on its way through a batch. `origin`: new (from a statement line), suspense or unapplied (by hand).
CREATE TYPE payments_draft AS (
    payment_id bigint, origin text, line_id bigint, source_account_id bigint, ledger_code text, market text,
    currency text, amount_minor bigint, left_minor bigint, evidence_key text, paid_at timestamptz,
    booked_on date, value_on date, customer_id bigint, contract_id bigint, rule text, matched_key text
);
CREATE TYPE payments_allocation_draft AS (
    payment_id bigint, contract_id bigint, due_item_id bigint, ledger_code text, amount_minor bigint
);

-- A statement line says more once the same evidence comes again: the columns a payment took from it never change.
CREATE FUNCTION refuse_to_change_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: amount, currency, dates and evidence never change', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER payment_evidence_is_fixed
    BEFORE UPDATE OF id, market, source_account_id, statement_line_id, evidence_key, amount_minor, currency,
        paid_at, received_at, booked_on, value_on
    ON payments_payment FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_evidence();

-- Which contract or customer each draft belongs to, strongest evidence first: the account number as typed, a
-- reference of ours in the text, the payer's phone number. One row per claim of the strongest kind that claims.
CREATE FUNCTION payments_claims(p_drafts payments_draft[])
RETURNS TABLE (payment_id bigint, rule text, matched_key text, contract_id bigint, customer_id bigint)
LANGUAGE sql STABLE AS $$
    WITH claim AS (
        SELECT d.payment_id, 1 AS rank, 'account_number' AS rule, k.key, c.id AS contract_id, c.customer_id
        FROM unnest(p_drafts) d
        JOIN statements_statementline l ON l.id = d.line_id
        CROSS JOIN LATERAL unnest(l.account_keys) k(key)
        JOIN contracts_contract c ON c.account_key = k.key AND c.market = d.market
        UNION ALL
        SELECT d.payment_id, 2, 'reference_in_text', k.key, c.id, c.customer_id
        FROM unnest(p_drafts) d
        JOIN statements_statementline l ON l.id = d.line_id
        CROSS JOIN LATERAL unnest(l.text_keys) k(key)
        JOIN contracts_contract c ON c.account_key = k.key AND c.market = d.market
        UNION ALL
        SELECT d.payment_id, 3, 'msisdn', l.msisdn, c.id, p.customer_id
        FROM unnest(p_drafts) d
        JOIN statements_statementline l ON l.id = d.line_id AND l.msisdn <> ''
        JOIN parties_customerphone p ON p.msisdn = l.msisdn
        JOIN parties_customer u ON u.id = p.customer_id AND u.market = d.market
        LEFT JOIN contracts_contract c ON c.customer_id = p.customer_id AND contracts_is_open(c.state)
    )
    SELECT DISTINCT payment_id, rule, key, contract_id, customer_id
    FROM (SELECT claim.*, min(rank) OVER (PARTITION BY payment_id) AS strongest FROM claim) c
    WHERE rank = strongest;
$$;

-- How much of each draft goes to which due item of its contract: oldest due date first, on one day penalties and
-- fees before the deposit and the instalment, ahead up to the end of the plan. Reads only.
CREATE FUNCTION payments_plan(p_drafts payments_draft[]) RETURNS payments_allocation_draft[]
LANGUAGE sql STABLE AS $$
    WITH money AS (
        SELECT d.payment_id, d.contract_id, d.currency,
               sum(d.left_minor) OVER w - d.left_minor AS starts, sum(d.left_minor) OVER w AS ends
        FROM unnest(p_drafts) d
        WHERE d.contract_id IS NOT NULL AND d.left_minor > 0
        WINDOW w AS (PARTITION BY d.contract_id, d.currency ORDER BY d.value_on, d.payment_id)
    ), due AS (
        SELECT i.id, i.contract_id, c.currency,
               CASE WHEN c.state = 'deposit_pending' THEN '2030'
                    WHEN i.kind IN ('fee', 'penalty') THEN '1110' ELSE '1100' END AS ledger_code,
               sum(i.amount_minor - i.allocated_minor) OVER w - (i.amount_minor - i.allocated_minor) AS starts,
               sum(i.amount_minor - i.allocated_minor) OVER w AS ends
        FROM contracts_dueitem i
        JOIN contracts_contract c ON c.id = i.contract_id
        WHERE i.contract_id IN (SELECT contract_id FROM money)
          AND i.allocated_minor < i.amount_minor
          AND (c.state IN ('active', 'defaulted') OR (c.state = 'deposit_pending' AND i.kind = 'deposit'))
        WINDOW w AS (PARTITION BY i.contract_id ORDER BY i.due_on, contracts_kind_rank(i.kind), i.id)
    )
    SELECT array_agg(ROW(
        m.payment_id, m.contract_id, d.id, d.ledger_code, least(m.ends, d.ends) - greatest(m.starts, d.starts)
    )::payments_allocation_draft ORDER BY m.payment_id, d.starts)
    FROM money m
    JOIN due d ON d.contract_id = m.contract_id AND d.currency = m.currency
        AND m.starts < d.ends AND d.starts < m.ends;
$$;

-- Post and store a batch whose payers are decided. Contracts and payments of the drafts are locked by the caller.
CREATE FUNCTION payments_write(p_drafts payments_draft[], p_actor text, p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_allocations payments_allocation_draft[];
    v_entries ledger_entry_draft[];
    v_applied bigint[];
    v_legs ledger_leg_draft[];
    v_entry_ids bigint[];
    v_first_applied integer;
    v_credited bigint[];
    v_credited_minor bigint[];
BEGIN
    v_allocations := coalesce(payments_plan(p_drafts), '{}');

    UPDATE contracts_dueitem i SET allocated_minor = i.allocated_minor + a.amount_minor
    FROM (SELECT due_item_id, sum(amount_minor) AS amount_minor FROM unnest(v_allocations) GROUP BY 1) a
    WHERE i.id = a.due_item_id;
    UPDATE contracts_contract c
    SET state = CASE c.state WHEN 'deposit_pending' THEN 'deposit_paid' ELSE 'completed' END,
        version = c.version + 1
    WHERE c.id IN (SELECT contract_id FROM unnest(v_allocations))
      AND c.state IN ('deposit_pending', 'active')
      AND NOT EXISTS (
          SELECT 1 FROM contracts_dueitem i
          WHERE i.contract_id = c.id AND i.allocated_minor < i.amount_minor
            AND (c.state = 'active' OR i.kind = 'deposit')
      );

    -- What is left of a payment whose payer has no open contract (any more) is the customer's credit.
    SELECT coalesce(array_agg(s.payment_id), '{}'), coalesce(array_agg(s.left_minor), '{}')
    INTO v_credited, v_credited_minor
    FROM (
        SELECT d.payment_id, d.customer_id, d.left_minor - coalesce(a.amount_minor, 0) AS left_minor
        FROM unnest(p_drafts) d
        LEFT JOIN (SELECT payment_id, sum(amount_minor) AS amount_minor FROM unnest(v_allocations) GROUP BY 1) a
            ON a.payment_id = d.payment_id
        WHERE d.customer_id IS NOT NULL
    ) s
    WHERE s.left_minor > 0
      AND NOT EXISTS (
          SELECT 1 FROM contracts_contract c WHERE c.customer_id = s.customer_id AND contracts_is_open(c.state)
      );

    -- Entries: first one per draft that brings money in or names its payer, then one per draft that applies some.
    SELECT array_agg(ROW(
        CASE d.origin WHEN 'new' THEN 'payment.received' ELSE 'payment.identified' END,
        d.market, ledger_open_day(d.market, d.booked_on, p_at), d.value_on, 'payment', d.payment_id,
        CASE d.origin WHEN 'new' THEN 'received:' ELSE 'identified:' END || d.payment_id, NULL
    )::ledger_entry_draft ORDER BY d.payment_id), count(*)
    INTO v_entries, v_first_applied
    FROM unnest(p_drafts) d WHERE d.origin IN ('new', 'suspense');
    v_entries := coalesce(v_entries, '{}');

    SELECT coalesce(array_agg(s.payment_id ORDER BY s.payment_id), '{}') INTO v_applied
    FROM (SELECT payment_id FROM unnest(v_allocations) UNION SELECT unnest(v_credited)) s;
    SELECT v_entries || coalesce(array_agg(ROW(
        'payment.allocated', d.market, ledger_open_day(d.market, d.booked_on, p_at), d.value_on, 'payment',
        d.payment_id, 'allocated:' || d.payment_id || ':' || coalesce(p.version, 0), NULL
    )::ledger_entry_draft ORDER BY d.payment_id), '{}') INTO v_entries
    FROM unnest(p_drafts) d
    LEFT JOIN payments_payment p ON d.origin <> 'new' AND p.id = d.payment_id
    WHERE d.payment_id = ANY (v_applied);

    WITH first AS (
        SELECT d.*, row_number() OVER (ORDER BY d.payment_id)::integer AS entry_no
        FROM unnest(p_drafts) d WHERE d.origin IN ('new', 'suspense')
    ), applied AS (
        SELECT d.*, v_first_applied + a.place::integer AS entry_no
        FROM unnest(v_applied) WITH ORDINALITY a(payment_id, place) JOIN unnest(p_drafts) d USING (payment_id)
    ), leg AS (
        SELECT entry_no, CASE origin WHEN 'new' THEN ledger_code ELSE '2020' END AS code, currency,
               source_account_id AS key_id, amount_minor,
               CASE origin WHEN 'new' THEN NULL ELSE line_id END AS detail_id, 1 AS side
        FROM first
        UNION ALL
        SELECT entry_no, CASE WHEN customer_id IS NULL THEN '2020' ELSE '2010' END, currency,
               coalesce(customer_id, source_account_id), -amount_minor,
               CASE WHEN customer_id IS NULL THEN line_id END, 2
        FROM first
        UNION ALL
        SELECT p.entry_no, '2010', p.currency, p.customer_id, s.amount_minor, NULL, 1
        FROM (
            SELECT payment_id, sum(amount_minor)::bigint AS amount_minor
            FROM (
                SELECT payment_id, amount_minor FROM unnest(v_allocations)
                UNION ALL SELECT * FROM unnest(v_credited, v_credited_minor)
            ) x GROUP BY payment_id
        ) s JOIN applied p USING (payment_id)
        UNION ALL
        SELECT p.entry_no, s.ledger_code, p.currency, s.contract_id, -s.amount_minor, NULL, 2
        FROM (
            SELECT payment_id, contract_id, ledger_code, sum(amount_minor)::bigint AS amount_minor
            FROM unnest(v_allocations) GROUP BY 1, 2, 3
        ) s JOIN applied p USING (payment_id)
        UNION ALL
        SELECT p.entry_no, '2040', p.currency, p.customer_id, -s.amount_minor, NULL, 3
        FROM unnest(v_credited, v_credited_minor) s(payment_id, amount_minor) JOIN applied p USING (payment_id)
    )
    SELECT array_agg(ROW(entry_no, code, currency, key_id, amount_minor, detail_id)::ledger_leg_draft
                     ORDER BY entry_no, side)
    INTO v_legs FROM leg;

    IF cardinality(v_entries) > 0 THEN
        v_entry_ids := ledger_post(v_entries, v_legs, p_actor, p_at);
    END IF;

    INSERT INTO payments_payment (
        id, market, source_account_id, statement_line_id, evidence_key, state, amount_minor, currency, paid_at,
        received_at, booked_on, value_on, customer_id, contract_id, rule, matched_key,
        allocated_minor, credited_minor, version
    ) OVERRIDING SYSTEM VALUE
    SELECT d.payment_id, d.market, d.source_account_id, d.line_id, d.evidence_key, 'received', d.amount_minor,
           d.currency, d.paid_at, p_at, d.booked_on, d.value_on, d.customer_id, d.contract_id, d.rule,
           d.matched_key, coalesce(a.amount_minor, 0), coalesce(c.amount_minor, 0), 1
    FROM unnest(p_drafts) d
    LEFT JOIN (SELECT payment_id, sum(amount_minor) AS amount_minor FROM unnest(v_allocations) GROUP BY 1) a
        ON a.payment_id = d.payment_id
    LEFT JOIN unnest(v_credited, v_credited_minor) c(payment_id, amount_minor) ON c.payment_id = d.payment_id
    WHERE d.origin = 'new';

    IF EXISTS (SELECT 1 FROM unnest(p_drafts) d WHERE d.origin <> 'new') THEN
        UPDATE payments_payment p
        SET customer_id = d.customer_id,
            contract_id = coalesce(p.contract_id, d.contract_id),
            rule = CASE WHEN d.origin = 'suspense' THEN d.rule ELSE p.rule END,
            matched_key = CASE WHEN d.origin = 'suspense' THEN d.matched_key ELSE p.matched_key END,
            allocated_minor = p.allocated_minor + coalesce(a.amount_minor, 0),
            credited_minor = p.credited_minor + coalesce(c.amount_minor, 0),
            version = p.version + 1
        FROM unnest(p_drafts) d
        LEFT JOIN (SELECT payment_id, sum(amount_minor) AS amount_minor FROM unnest(v_allocations) GROUP BY 1) a
            ON a.payment_id = d.payment_id
        LEFT JOIN unnest(v_credited, v_credited_minor) c(payment_id, amount_minor) ON c.payment_id = d.payment_id
        WHERE p.id = d.payment_id AND d.origin <> 'new';
    END IF;

    INSERT INTO contracts_creditevent (contract_id, kind, amount_minor, value_on, at, cause_kind, cause_id, entry_id)
    SELECT s.contract_id, 'payment', s.amount_minor, d.value_on, p_at, 'payment', d.payment_id,
           v_entry_ids[v_first_applied + a.place]
    FROM unnest(v_applied) WITH ORDINALITY a(payment_id, place)
    JOIN (
        SELECT payment_id, contract_id, sum(amount_minor) AS amount_minor FROM unnest(v_allocations) GROUP BY 1, 2
    ) s USING (payment_id)
    JOIN unnest(p_drafts) d USING (payment_id);

    INSERT INTO payments_allocation (payment_id, due_item_id, amount_minor, entry_id, at, actor)
    SELECT s.payment_id, s.due_item_id, s.amount_minor, v_entry_ids[v_first_applied + a.place], p_at, p_actor
    FROM unnest(v_allocations) s
    JOIN unnest(v_applied) WITH ORDINALITY a(payment_id, place) USING (payment_id);
END $$;

-- Statement lines become payments: only final, successful payment rows of an account that originates payments, in
-- that account's currency and in whole minor units. Lines that are payments already are passed over.
CREATE FUNCTION payments_receive(p_line_ids bigint[], p_actor text, p_at timestamptz)
RETURNS TABLE (received bigint, identified bigint, in_suspense bigint, applied_in_full bigint)
LANGUAGE plpgsql AS $$
DECLARE
    v_drafts payments_draft[];
BEGIN
    -- Large batches are planned for their size, small ones reuse their plans.
    PERFORM set_config('plan_cache_mode',
        CASE WHEN cardinality(p_line_ids) > 500 THEN 'force_custom_plan' ELSE 'force_generic_plan' END, true);

    -- Ids are drawn in the order in which payments meet their contracts: by value date, then as in the file.
    SELECT array_agg(ROW(
        nextval('payments_payment_id_seq'), 'new', n.id, n.source_account_id, n.ledger_code, n.market, n.currency,
        n.amount_minor, n.amount_minor, n.evidence_key, n.occurred_at, coalesce(n.booked_on, n.value_on),
        n.value_on, NULL, NULL, '', ''
    )::payments_draft)
    INTO v_drafts
    FROM (
        SELECT l.*, s.ledger_code, s.market,
               coalesce(nullif(l.provider_ref, ''), l.line_key::text) AS evidence_key
        FROM unnest(p_line_ids) n(id)
        JOIN statements_statementline l ON l.id = n.id
        JOIN providers_sourceaccount s ON s.id = l.source_account_id
        WHERE l.kind = 'payment' AND l.status = 'success' AND l.amount_minor > 0
          AND s.role = 'originates' AND l.currency = s.currency
          AND NOT EXISTS (
              SELECT 1 FROM payments_payment p
              WHERE p.source_account_id = l.source_account_id
                AND p.evidence_key = coalesce(nullif(l.provider_ref, ''), l.line_key::text)
          )
        ORDER BY l.value_on, l.id
    ) n;
    IF v_drafts IS NULL THEN
        RETURN QUERY SELECT 0::bigint, 0::bigint, 0::bigint, 0::bigint;
        RETURN;
    END IF;

    WITH claim AS MATERIALIZED (
        SELECT * FROM payments_claims(v_drafts)
    ), verdict AS (
        SELECT payment_id, min(rule) AS rule, min(matched_key) AS matched_key,
               CASE WHEN count(DISTINCT contract_id) = 1 AND count(*) = count(contract_id) THEN min(contract_id) END AS contract_id,
               CASE WHEN min(customer_id) = max(customer_id) THEN min(customer_id) END AS customer_id
        FROM claim GROUP BY payment_id
    )
    SELECT array_agg(ROW(
        d.payment_id, d.origin, d.line_id, d.source_account_id, d.ledger_code, d.market, d.currency, d.amount_minor,
        d.left_minor, d.evidence_key, d.paid_at, d.booked_on, d.value_on, v.customer_id,
        CASE WHEN v.customer_id IS NOT NULL THEN v.contract_id END,
        CASE WHEN v.customer_id IS NOT NULL THEN v.rule ELSE '' END,
        CASE WHEN v.customer_id IS NOT NULL THEN v.matched_key ELSE '' END
    )::payments_draft ORDER BY d.payment_id)
    INTO v_drafts
    FROM unnest(v_drafts) d LEFT JOIN verdict v USING (payment_id);

    PERFORM 1 FROM contracts_contract
    WHERE id IN (SELECT contract_id FROM unnest(v_drafts) WHERE contract_id IS NOT NULL)
    ORDER BY id FOR NO KEY UPDATE;

    PERFORM payments_write(v_drafts, p_actor, p_at);

    -- Equal claims are kept beside the payment for a person to decide.
    INSERT INTO payments_claim (payment_id, customer_id, contract_id, rule, matched_key)
    SELECT c.payment_id, c.customer_id, c.contract_id, c.rule, c.matched_key
    FROM payments_claims(ARRAY(
        SELECT d FROM unnest(v_drafts) d WHERE d.contract_id IS NULL
    )) c;

    RETURN QUERY
    SELECT count(*), count(*) FILTER (WHERE p.customer_id IS NOT NULL),
           count(*) FILTER (WHERE p.customer_id IS NULL), count(*) FILTER (WHERE p.open_minor = 0)
    FROM unnest(v_drafts) d JOIN payments_payment p ON p.id = d.payment_id;
END $$;

-- Apply by hand: name the payer of money in suspense and apply what is open to a contract of theirs, or `p_amounts`
-- of it. Arrays run in parallel; a contract of NULL only identifies. Returns the payment ids that changed.
CREATE FUNCTION payments_apply(
    p_payment_ids bigint[], p_customer_ids bigint[], p_contract_ids bigint[], p_amounts bigint[],
    p_rule text, p_actor text, p_at timestamptz
) RETURNS bigint[]
LANGUAGE plpgsql AS $$
DECLARE
    v_drafts payments_draft[];
BEGIN
    PERFORM 1 FROM contracts_contract WHERE id = ANY (p_contract_ids) ORDER BY id FOR NO KEY UPDATE;
    PERFORM ledger_lock_balances(
        array_fill('2010'::text, ARRAY[cardinality(p_customer_ids)])
            || array_fill('1100'::text, ARRAY[cardinality(p_contract_ids)])
            || array_fill('1110'::text, ARRAY[cardinality(p_contract_ids)]),
        p_customer_ids || p_contract_ids || p_contract_ids);
    PERFORM 1 FROM payments_payment WHERE id = ANY (p_payment_ids) ORDER BY id FOR UPDATE;

    SELECT array_agg(ROW(
        p.id, CASE WHEN p.customer_id IS NULL THEN 'suspense' ELSE 'unapplied' END, p.statement_line_id,
        p.source_account_id, s.ledger_code, p.market, p.currency, p.amount_minor,
        least(p.open_minor, coalesce(a.amount_minor, p.open_minor)), p.evidence_key, p.paid_at,
        p.booked_on, p.value_on, a.customer_id, a.contract_id, p_rule, ''
    )::payments_draft ORDER BY p.id)
    INTO v_drafts
    FROM unnest(p_payment_ids, p_customer_ids, p_contract_ids, p_amounts)
        a(payment_id, customer_id, contract_id, amount_minor)
    JOIN payments_payment p ON p.id = a.payment_id
    JOIN providers_sourceaccount s ON s.id = p.source_account_id
    WHERE p.open_minor > 0 AND p.state = 'received'
      AND (p.customer_id IS NULL OR p.customer_id = a.customer_id);
    IF v_drafts IS NULL THEN
        RETURN '{}';
    END IF;
    PERFORM payments_write(v_drafts, p_actor, p_at);
    RETURN ARRAY(SELECT payment_id FROM unnest(v_drafts));
END $$;
