-- What a provider took back: the payment of each row is found, or the row stands as recoverable (1310). What a person
-- matched and took apart can be matched again: entries stay in the journal for good, so their keys count.

-- The key under which a row's reversal is posted: a new one each time the last was undone.
CREATE FUNCTION payments_taken_key(p_line_id bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_key text := 'reversed:line:' || p_line_id;
    v_times integer := 0;
BEGIN
    WHILE EXISTS (SELECT FROM ledger_entry WHERE idempotency_key = 'un' || v_key) LOOP
        v_times := v_times + 1;
        v_key := 'reversed:line:' || p_line_id || ':' || v_times;
    END LOOP;
    RETURN v_key;
END $$;

-- Take payments back: the provider did (with the row that proves it), or we undo what should not stand. Money comes off
-- the contracts; what is gone already is recoverable from the payer (1310). `p_line_ids` may hold NULL. A row
-- that was booked before is passed over; one that was taken apart and matched again is posted under a new key.
CREATE FUNCTION payments_take_back(
    p_payment_ids bigint[], p_amounts bigint[], p_line_ids bigint[], p_state text, p_kind text, p_actor text, p_at timestamptz
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_ids bigint[];
    v_amounts bigint[];
    v_lines bigint[];
    v_contract_ids bigint[];
    v_entries ledger_entry_draft[];
    v_legs ledger_leg_draft[];
    v_from_open bigint[];
    v_from_credit bigint[];
BEGIN
    v_contract_ids := payments_contracts_of(p_payment_ids);
    PERFORM payments_lock(v_contract_ids, p_payment_ids, '{}');
    SELECT array_agg(t.payment_id ORDER BY t.payment_id), array_agg(t.amount ORDER BY t.payment_id),
           array_agg(t.line_id ORDER BY t.payment_id)
    INTO v_ids, v_amounts, v_lines
    FROM unnest(p_payment_ids, p_amounts, p_line_ids) t(payment_id, amount, line_id)
    JOIN payments_payment p ON p.id = t.payment_id AND p.state = 'received' AND p.reversed_minor + t.amount <= p.amount_minor
    WHERE NOT EXISTS (SELECT FROM ledger_entry e WHERE e.idempotency_key = payments_taken_key(t.line_id));
    IF v_ids IS NULL THEN
        RETURN 0;
    END IF;
    PERFORM payments_replay(v_contract_ids, v_ids, v_amounts, p_actor, p_at);

    WITH taken AS MATERIALIZED (
        SELECT p.*, t.amount, t.line_id, t.ordinality::integer AS entry_no, s.ledger_code,
               least(t.amount, p.open_minor) AS from_open,
               least(t.amount - least(t.amount, p.open_minor), p.credited_minor) AS from_credit,
               coalesce((SELECT coalesce(l.booked_on, l.value_on) FROM statements_statementline l WHERE l.id = t.line_id),
                        (p_at AT TIME ZONE 'UTC')::date) AS day
        FROM unnest(v_ids, v_amounts, v_lines) WITH ORDINALITY t(payment_id, amount, line_id)
        CROSS JOIN LATERAL (SELECT * FROM payments_payment WHERE id = t.payment_id LIMIT 1) p
        JOIN providers_sourceaccount s ON s.id = p.source_account_id
    ), leg AS (
        SELECT entry_no, l.*, market, currency FROM taken CROSS JOIN LATERAL (VALUES
            (1, CASE WHEN customer_id IS NULL THEN '2020' ELSE '2010' END, coalesce(customer_id, source_account_id), from_open,
             CASE WHEN customer_id IS NULL THEN statement_line_id END),
            (2, '2040', customer_id, from_credit, NULL),
            (3, '1310', coalesce(customer_id, 0), amount - from_open - from_credit, CASE WHEN customer_id IS NULL THEN statement_line_id END),
            (4, ledger_code, source_account_id, -amount, line_id)
        ) l(side, code, key_id, leg_minor, detail_id)
        WHERE leg_minor <> 0
    )
    SELECT (SELECT array_agg(ROW(p_kind, market, ledger_open_day(market, day, p_at), day, 'payment', id,
                                 CASE WHEN line_id IS NULL THEN 'reversed:' || id || ':' || version
                                      ELSE payments_taken_key(line_id) END, NULL)::ledger_entry_draft ORDER BY entry_no)
            FROM taken),
           (SELECT array_agg(ROW(entry_no, leg_no, market, code, currency, key_id, leg_minor, detail_id)::ledger_leg_draft
                             ORDER BY entry_no, leg_no)
            FROM (SELECT *, (row_number() OVER (PARTITION BY entry_no ORDER BY side))::integer AS leg_no FROM leg) l),
           array_agg(from_open ORDER BY entry_no), array_agg(from_credit ORDER BY entry_no)
    INTO v_entries, v_legs, v_from_open, v_from_credit
    FROM taken;
    PERFORM ledger_post(v_entries, v_legs, p_actor, p_at);
    UPDATE payments_payment p
    SET reversed_minor = p.reversed_minor + t.amount, credited_minor = p.credited_minor - t.from_credit,
        shortfall_minor = p.shortfall_minor + t.amount - t.from_open - t.from_credit,
        state = CASE WHEN p.reversed_minor + t.amount = p.amount_minor THEN p_state ELSE p.state END,
        version = p.version + 1
    FROM unnest(v_ids, v_amounts, v_from_open, v_from_credit) t(payment_id, amount, from_open, from_credit)
    WHERE p.id = t.payment_id;
    RETURN cardinality(v_ids);
END $$;

-- Book these rows as recoverable: their payment is not known, or not any more.
CREATE FUNCTION payments_stand_alone(p_reversal_ids bigint[], p_day date, p_actor text, p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_entries ledger_entry_draft[];
    v_legs ledger_leg_draft[];
BEGIN
    WITH row AS MATERIALIZED (
        SELECT r.*, s.ledger_code, l.value_on, (row_number() OVER (ORDER BY r.id))::integer AS entry_no,
               (SELECT count(*) FROM ledger_entry e WHERE e.cause_kind = 'line' AND e.cause_id = r.statement_line_id
                  AND e.kind = 'provider.reversal' AND e.reverses_id IS NULL) AS before
        FROM payments_reversalrow r
        JOIN providers_sourceaccount s ON s.id = r.source_account_id
        JOIN statements_statementline l ON l.id = r.statement_line_id
        WHERE r.id = ANY (p_reversal_ids) AND r.state = 'open'
    )
    SELECT array_agg(ROW('provider.reversal', market, ledger_open_day(market, coalesce(p_day, booked_on), p_at), value_on,
                         'line', statement_line_id, 'row:' || statement_line_id
                         || CASE WHEN before > 0 THEN ':apart:' || before ELSE '' END, NULL
                         )::ledger_entry_draft ORDER BY entry_no),
           (SELECT array_agg(ROW(entry_no, l.leg_no, market, l.code, currency, l.key_id, l.amount, statement_line_id
                                 )::ledger_leg_draft ORDER BY entry_no, l.leg_no)
            FROM row CROSS JOIN LATERAL (VALUES
                (1, '1310', 0::bigint, row.amount_minor), (2, row.ledger_code, row.source_account_id, -row.amount_minor)
            ) l(leg_no, code, key_id, amount))
    INTO v_entries, v_legs FROM row;
    IF v_entries IS NOT NULL THEN
        PERFORM ledger_post(v_entries, v_legs, p_actor, p_at);
    END IF;
END $$;

-- Find the payment of each open reversal row of these accounts and take it back: by an id the row names, else by the
-- network's id. One payment, or none: equal claims are left to a person. What a person had reversed before the row
-- came is confirmed by it and not posted again. Without a payment the row is recoverable (1310).
CREATE FUNCTION payments_match_reversals(p_account_ids bigint[], p_actor text, p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_rows bigint[];
    v_payments bigint[];
    v_kind text;
    v_ids bigint[];
    v_amounts bigint[];
    v_lines bigint[];
    v_done bigint[];
    v_open bigint[];
BEGIN
    WITH row AS MATERIALIZED (
        SELECT * FROM payments_reversalrow
        WHERE state = 'open' AND source_account_id = ANY (p_account_ids) AND kind IN ('reversal', 'chargeback') AND amount_minor > 0
        ORDER BY id FOR UPDATE
    ), claim AS MATERIALIZED (
        SELECT r.id, p.id AS payment_id, 1 AS strength, p.amount_minor - p.reversed_minor = r.amount_minor AS fits
        FROM row r CROSS JOIN LATERAL unnest(r.keys) k(key)
        CROSS JOIN LATERAL (
            SELECT * FROM payments_payment WHERE source_account_id = r.source_account_id AND evidence_key = k.key
              AND state <> 'unposted' AND currency = r.currency LIMIT 1
        ) p
        UNION
        SELECT r.id, p.id, 2, p.amount_minor - p.reversed_minor = r.amount_minor
        FROM row r CROSS JOIN LATERAL unnest(r.keys) k(key)
        CROSS JOIN LATERAL (
            SELECT id, source_account_id FROM statements_statementline
            WHERE network_ref = k.key AND network_ref <> '' AND kind = 'payment' AND NOT withdrawn OFFSET 0
        ) l
        JOIN payments_payment p ON p.statement_line_id = l.id AND p.state <> 'unposted' AND p.currency = r.currency
        WHERE l.source_account_id = r.source_account_id
    ), strongest AS (
        SELECT c.*, count(*) OVER one AS claims, count(*) FILTER (WHERE fits) OVER one AS fitting
        FROM claim c JOIN (SELECT id, min(strength) AS strength FROM claim GROUP BY 1) s USING (id, strength)
        WINDOW one AS (PARTITION BY id)
    ), unclear AS (
        UPDATE payments_reversalrow r SET reason = 'several_originals'
        FROM (SELECT DISTINCT id FROM strongest WHERE claims > 1 AND fitting <> 1) u WHERE r.id = u.id
    )
    SELECT array_agg(id ORDER BY id), array_agg(payment_id ORDER BY id) INTO v_rows, v_payments
    FROM strongest WHERE claims = 1 OR (fitting = 1 AND fits);

    -- Round by round the first row of each payment, because what it takes decides about the next.
    WHILE cardinality(v_rows) > 0 LOOP
        v_done := '{}';
        FOREACH v_kind IN ARRAY ARRAY['reversal', 'chargeback'] LOOP
            WITH first AS MATERIALIZED (
                SELECT DISTINCT ON (t.payment_id) t.id, t.payment_id
                FROM unnest(v_rows, v_payments) t(id, payment_id)
                WHERE t.id <> ALL (v_done) AND t.payment_id <> ALL (coalesce(v_ids, '{}'))
                ORDER BY t.payment_id, t.id
            ), judged AS MATERIALIZED (
                SELECT f.id, f.payment_id, r.amount_minor, r.statement_line_id,
                       CASE WHEN r.amount_minor <= p.reversed_minor - proven.amount_minor THEN 'confirmed'
                            WHEN p.state = 'received' AND r.amount_minor <= p.amount_minor - p.reversed_minor THEN 'matched'
                            ELSE 'open' END AS state
                FROM first f
                JOIN payments_reversalrow r ON r.id = f.id AND r.kind = v_kind
                CROSS JOIN LATERAL (SELECT * FROM payments_payment WHERE id = f.payment_id LIMIT 1) p
                CROSS JOIN LATERAL (
                    SELECT coalesce(sum(amount_minor), 0)::bigint AS amount_minor FROM payments_reversalrow
                    WHERE payment_id = p.id AND state IN ('matched', 'confirmed')
                ) proven
            ), noted AS (
                UPDATE payments_reversalrow r
                SET state = j.state, payment_id = CASE WHEN j.state <> 'open' THEN j.payment_id END,
                    reason = CASE WHEN j.state = 'open' THEN 'more_than_left' ELSE '' END, at = p_at
                FROM judged j WHERE r.id = j.id
            )
            SELECT v_done || coalesce(array_agg(id), '{}'),
                   array_agg(payment_id) FILTER (WHERE state = 'matched'),
                   array_agg(amount_minor) FILTER (WHERE state = 'matched'),
                   array_agg(statement_line_id) FILTER (WHERE state = 'matched')
            INTO v_done, v_ids, v_amounts, v_lines
            FROM judged;
            IF v_ids IS NOT NULL THEN
                IF payments_take_back(
                    v_ids, v_amounts, v_lines,
                    CASE v_kind WHEN 'chargeback' THEN 'charged_back' ELSE 'reversed' END,
                    CASE v_kind WHEN 'chargeback' THEN 'payment.charged_back' ELSE 'payment.reversed' END, p_actor, p_at
                ) <> cardinality(v_ids) THEN
                    RAISE EXCEPTION 'payments: a payment changed while it was taken back'
                        USING ERRCODE = 'serialization_failure';
                END IF;
            END IF;
        END LOOP;
        v_ids := NULL;
        -- What stood as recoverable meanwhile stands on the payment now.
        PERFORM payments_undo_entries(ARRAY(
            SELECT e.id FROM payments_reversalrow r
            JOIN ledger_entry e ON e.cause_kind = 'line' AND e.cause_id = r.statement_line_id
              AND e.kind = 'provider.reversal' AND e.reverses_id IS NULL
            WHERE r.id = ANY (v_done) AND r.state IN ('matched', 'confirmed')
        ), 'provider.reversal_matched', p_actor, p_at);
        SELECT array_agg(t.id ORDER BY t.id), array_agg(t.payment_id ORDER BY t.id) INTO v_rows, v_payments
        FROM unnest(v_rows, v_payments) t(id, payment_id) WHERE t.id <> ALL (v_done);
    END LOOP;

    v_open := ARRAY(
        SELECT r.id FROM payments_reversalrow r
        WHERE r.state = 'open' AND r.source_account_id = ANY (p_account_ids)
          AND r.kind IN ('reversal', 'chargeback') AND r.amount_minor > 0
          AND NOT EXISTS (SELECT FROM ledger_entry e WHERE e.idempotency_key = 'row:' || r.statement_line_id)
    );
    UPDATE payments_reversalrow SET reason = 'reversal_without_original' WHERE id = ANY (v_open) AND reason = '';
    PERFORM payments_stand_alone(v_open, NULL, p_actor, p_at);
END $$;

-- Give back to payments what reversal rows took, and undo what explained them: their file was the wrong one.
CREATE FUNCTION payments_untake(p_reversal_ids bigint[], p_actor text, p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_payment_ids bigint[];
    v_contract_ids bigint[];
    v_entries ledger_entry_draft[];
    v_legs ledger_leg_draft[];
    v_amounts bigint[];
    v_short bigint[];
    v_of bigint[];
BEGIN
    SELECT array_agg(DISTINCT payment_id) INTO v_payment_ids
    FROM payments_reversalrow WHERE id = ANY (p_reversal_ids) AND state = 'matched';
    IF v_payment_ids IS NOT NULL THEN
        v_contract_ids := payments_contracts_of(v_payment_ids);
        PERFORM payments_lock(v_contract_ids, v_payment_ids, '{}');
        WITH given AS MATERIALIZED (
            SELECT p.*, r.amount_minor AS taken, r.statement_line_id AS line_id, e.id AS reversed_entry, s.ledger_code,
                   (row_number() OVER (ORDER BY r.id))::integer AS entry_no,
                   coalesce(short.amount_minor, 0)::bigint AS short, short.key_id AS short_key, short.detail_id AS short_detail
            FROM payments_reversalrow r
            JOIN payments_payment p ON p.id = r.payment_id
            JOIN providers_sourceaccount s ON s.id = p.source_account_id
            JOIN ledger_entry e ON e.idempotency_key = payments_taken_key(r.statement_line_id)
            LEFT JOIN LATERAL (
                SELECT x.amount_minor, a.key_id, x.detail_id FROM ledger_posting x JOIN ledger_account a ON a.id = x.account_id
                WHERE x.entry_id = e.id AND a.code = '1310' LIMIT 1
            ) short ON true
            WHERE r.id = ANY (p_reversal_ids) AND r.state = 'matched'
        ), leg AS (
            SELECT entry_no, market, currency, l.* FROM given CROSS JOIN LATERAL (VALUES
                (1, ledger_code, source_account_id, taken, line_id),
                (2, '1310', short_key, -short, short_detail),
                (3, CASE WHEN customer_id IS NULL THEN '2020' ELSE '2010' END, coalesce(customer_id, source_account_id),
                    short - taken, CASE WHEN customer_id IS NULL THEN statement_line_id END)
            ) l(side, code, key_id, leg_minor, detail_id)
            WHERE leg_minor <> 0
        )
        SELECT (SELECT array_agg(ROW('payment.reversal_undone', market,
                                     ledger_open_day(market, (p_at AT TIME ZONE 'UTC')::date, p_at), value_on, 'payment', id,
                                     'un' || payments_taken_key(line_id), reversed_entry)::ledger_entry_draft ORDER BY entry_no)
                FROM given),
               (SELECT array_agg(ROW(entry_no, leg_no, market, code, currency, key_id, leg_minor, detail_id)::ledger_leg_draft
                                 ORDER BY entry_no, leg_no)
                FROM (SELECT *, (row_number() OVER (PARTITION BY entry_no ORDER BY side))::integer AS leg_no FROM leg) l),
               array_agg(id ORDER BY entry_no), array_agg(taken ORDER BY entry_no), array_agg(short ORDER BY entry_no)
        INTO v_entries, v_legs, v_of, v_amounts, v_short FROM given;
        PERFORM ledger_post(v_entries, v_legs, p_actor, p_at);
        UPDATE payments_payment p
        SET reversed_minor = p.reversed_minor - g.taken, shortfall_minor = p.shortfall_minor - g.short, state = 'received',
            version = p.version + 1
        FROM (SELECT id, sum(taken)::bigint AS taken, sum(short)::bigint AS short
              FROM unnest(v_of, v_amounts, v_short) t(id, taken, short) GROUP BY 1) g
        WHERE p.id = g.id;
    END IF;
    -- What explained a row goes with it; the package that explained it has put back its own state.
    PERFORM payments_undo_entries(ARRAY(
        SELECT entry_id FROM payments_reversalrow WHERE id = ANY (p_reversal_ids) AND state = 'explained'
    ), 'provider.explained_undone', p_actor, p_at);
    UPDATE payments_reversalrow
    SET state = 'withdrawn', payment_id = NULL, explained_as = '', explained_id = NULL, entry_id = NULL, confirms_id = NULL,
        at = p_at
    WHERE id = ANY (p_reversal_ids);
    IF v_payment_ids IS NOT NULL THEN
        PERFORM payments_replay(v_contract_ids, '{}', '{}', p_actor, p_at);
        PERFORM payments_credit_leftover(ARRAY(
            SELECT DISTINCT customer_id FROM payments_payment WHERE id = ANY (v_payment_ids) AND customer_id IS NOT NULL
        ), p_actor, p_at);
    END IF;
END $$;

-- What a provider took back without naming a payment of ours stands as recoverable (1310). A person says which payment
-- it was: then it is as if the row had named it. The caller holds the row and has checked amount, account and state.
CREATE FUNCTION payments_give_original(p_row_id bigint, p_payment_id bigint, p_actor text, p_at timestamptz)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_row payments_reversalrow;
    v_state text;
BEGIN
    SELECT * INTO STRICT v_row FROM payments_reversalrow WHERE id = p_row_id AND state = 'open' FOR UPDATE;
    SELECT CASE WHEN v_row.amount_minor <= p.reversed_minor - proven.amount_minor THEN 'confirmed' ELSE 'matched' END
    INTO STRICT v_state
    FROM payments_payment p CROSS JOIN LATERAL (
        SELECT coalesce(sum(amount_minor), 0)::bigint AS amount_minor FROM payments_reversalrow
        WHERE payment_id = p.id AND state IN ('matched', 'confirmed')
    ) proven
    WHERE p.id = p_payment_id;
    UPDATE payments_reversalrow SET state = v_state, payment_id = p_payment_id, reason = 'by_hand', at = p_at
    WHERE id = p_row_id;
    IF v_state = 'matched' AND payments_take_back(
        ARRAY[p_payment_id], ARRAY[v_row.amount_minor], ARRAY[v_row.statement_line_id],
        CASE v_row.kind WHEN 'chargeback' THEN 'charged_back' ELSE 'reversed' END,
        CASE v_row.kind WHEN 'chargeback' THEN 'payment.charged_back' ELSE 'payment.reversed' END, p_actor, p_at
    ) <> 1 THEN
        RAISE EXCEPTION 'payments: a payment changed while it was taken back' USING ERRCODE = 'serialization_failure';
    END IF;
    PERFORM payments_undo_entries(ARRAY(
        SELECT e.id FROM ledger_entry e
        WHERE e.cause_kind = 'line' AND e.cause_id = v_row.statement_line_id AND e.kind = 'provider.reversal'
          AND e.reverses_id IS NULL
    ), 'provider.reversal_matched', p_actor, p_at);
    RETURN v_state;
END $$;

-- Take apart what a person matched: the payment has its money again, unless a person had reversed it and the row only
-- confirmed that; the row stands as recoverable, and nothing finds its payment by itself any more.
CREATE FUNCTION payments_take_original_off(p_row_id bigint, p_actor text, p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM payments_reversalrow WHERE id = p_row_id AND state IN ('matched', 'confirmed') FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'payments: a row changed while it was taken apart' USING ERRCODE = 'serialization_failure';
    END IF;
    PERFORM payments_untake(ARRAY[p_row_id], p_actor, p_at);
    UPDATE payments_reversalrow SET state = 'open', reason = 'taken_apart', keys = '{}', at = p_at WHERE id = p_row_id;
    PERFORM payments_stand_alone(ARRAY[p_row_id], (p_at AT TIME ZONE 'UTC')::date, p_actor, p_at);
END $$;
