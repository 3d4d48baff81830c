-- Every final row of a provider is booked, so that 1020 is what the provider shows. A change of currency is an FX position
-- (1090). A refund, a payout, a correction or any other row that moved money and that nobody asked for stands as
-- recoverable (1310), with its sign, until it is explained: by a refund of ours that it pays, by a payment that it took
-- back, or by two people who say what it is. It never looks for a payment by itself.

-- Whether the final rows among these are payments of originating accounts and nothing else: no fee kept back, no batch
-- named, nothing taken away. Then there is nothing to book beside the payments.
CREATE OR REPLACE FUNCTION payments_are_plain(p_line_ids bigint[]) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN NOT EXISTS (
        SELECT FROM unnest(p_line_ids) n(id) CROSS JOIN LATERAL (
            SELECT FROM statements_statementline l JOIN providers_sourceaccount s ON s.id = l.source_account_id
            WHERE l.id = n.id AND NOT l.withdrawn AND l.status = 'success' AND l.kind <> 'failed'
              AND (l.kind <> 'payment' OR s.role <> 'originates' OR coalesce(l.fee, 0) <> 0 OR l.batch_key <> ''
                   OR l.amount_minor < 0)
            LIMIT 1
        ) other
    );
END $$;

-- The account a row of a kind moves money to or from; NULL for payments, and for what nobody can say by its kind alone.
CREATE OR REPLACE FUNCTION payments_counter_code(p_kind text, p_role text, p_amount bigint, p_text text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN p_kind = 'fee' THEN
            CASE WHEN p_text ~* '\y(vat|tax|levy|excise|nhil|getfund)\y' THEN '1140' ELSE '5010' END
        WHEN p_kind = 'sweep' THEN '1025'
        WHEN p_kind = 'float_transfer' THEN '1015'
        WHEN p_kind = 'reserve' THEN '1330'
        WHEN p_kind = 'rounding' THEN '5060'
        WHEN p_kind = 'conversion' THEN '1090'
        WHEN p_kind = 'payment' AND p_role = 'settles' AND p_amount > 0 THEN '1025'
    END
$$;

-- Whether a row takes a payment back, which is looked for; other rows without an account of their own nobody asked for.
CREATE FUNCTION payments_seeks_payment(p_kind text, p_role text, p_amount bigint) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT p_role = 'originates' AND p_kind IN ('reversal', 'chargeback') AND p_amount < 0
$$;
CREATE FUNCTION payments_nobody_asked(p_kind text, p_role text, p_amount bigint, p_code text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT p_code IS NULL AND p_amount <> 0 AND p_kind NOT IN ('failed', 'order', 'notice')
       AND NOT (p_kind = 'payment' AND p_role = 'originates' AND p_amount > 0)
       AND NOT payments_seeks_payment(p_kind, p_role, p_amount)
$$;

-- Post the rows among these lines that are no payments, and the fees kept back of those that are. Lines that were posted
-- before are passed over. Returns the markets in which money in transit may have met its other end.
CREATE OR REPLACE FUNCTION payments_book_provider_rows(p_line_ids bigint[], p_actor text, p_at timestamptz) RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
    v_entries ledger_entry_draft[];
    v_legs ledger_leg_draft[];
    v_markets text[];
BEGIN
    WITH line AS MATERIALIZED (
        SELECT * FROM payments_moved(p_line_ids)
    ), moved AS MATERIALIZED (
        SELECT * FROM line WHERE booked_minor <> 0
    ), fee AS MATERIALIZED (
        SELECT min(id) AS first_id, source_account_id, market, currency, day, value_on, sum(fee_minor)::bigint AS fee_minor
        FROM line WHERE fee_minor <> 0 GROUP BY 2, 3, 4, 5, 6 HAVING sum(fee_minor) <> 0
    ), entry AS MATERIALIZED (
        SELECT (row_number() OVER (ORDER BY first_id, kind))::integer AS entry_no, e.*
        FROM (
            SELECT 'provider.' || kind AS kind, id AS first_id, 'row:' || id AS key, source_account_id, ledger_code, market,
                   currency, day, value_on, code, amount_minor, id AS detail_id
            FROM moved
            UNION ALL
            SELECT 'provider.fees', first_id, 'fees:' || first_id, source_account_id, '1020', market, currency, day, value_on,
                   '5010', -fee_minor, NULL
            FROM fee
            UNION ALL
            SELECT 'provider.reversal', id, 'row:' || id, source_account_id, ledger_code, market, currency, day, value_on,
                   '1310', amount_minor, id
            FROM line WHERE payments_nobody_asked(kind, role, amount_minor, code)
        ) e
    ), reversed AS (
        INSERT INTO payments_reversalrow (market, source_account_id, statement_line_id, kind, amount_minor, currency,
                                          booked_on, keys, state, reason, at)
        SELECT l.market, l.source_account_id, l.id, l.kind, -l.amount_minor, l.currency, l.day,
               payments_words(s.provider_ref || ' ' || s.reference || ' ' || s.network_ref || ' ' || s.text || ' '
                              || left(s.raw, 20000)) || ARRAY[s.provider_ref] || ARRAY[s.network_ref],
               'open', CASE WHEN payments_seeks_payment(l.kind, l.role, l.amount_minor) THEN '' ELSE 'nobody_asked' END, p_at
        FROM line l JOIN statements_statementline s ON s.id = l.id
        WHERE payments_seeks_payment(l.kind, l.role, l.amount_minor)
           OR payments_nobody_asked(l.kind, l.role, l.amount_minor, l.code)
        ORDER BY l.id
        ON CONFLICT DO NOTHING
    ), under_way AS (
        INSERT INTO payments_transitrow (market, source_account_id, statement_line_id, amount_minor, currency, booked_on,
                                         keys, state, found_by, at)
        SELECT m.market, m.source_account_id, m.id, m.amount_minor, m.currency, m.day,
               payments_words(s.provider_ref || ' ' || s.reference || ' ' || s.network_ref || ' ' || s.text || ' ' || s.batch_key),
               'open', '', p_at
        FROM moved m JOIN statements_statementline s ON s.id = m.id
        WHERE m.code = '1025'
        ORDER BY m.id
        ON CONFLICT DO NOTHING
        RETURNING market
    )
    SELECT (SELECT array_agg(ROW(kind, market, ledger_open_day(market, day, p_at), value_on, 'line', first_id, key, NULL
                                 )::ledger_entry_draft ORDER BY entry_no) FROM entry),
           (SELECT array_agg(ROW(entry_no, l.leg_no, market, l.code, currency, l.key_id, l.amount, l.detail_id
                                 )::ledger_leg_draft ORDER BY entry_no, l.leg_no)
            FROM entry e CROSS JOIN LATERAL (VALUES
                (1, e.ledger_code, e.source_account_id, e.amount_minor, e.detail_id),
                (2, e.code, CASE WHEN e.code IN ('1090', '1140', '1310', '5060') THEN 0 ELSE e.source_account_id END,
                    -e.amount_minor, CASE WHEN e.code IN ('1025', '1090', '1310') THEN e.detail_id END)
            ) l(leg_no, code, key_id, amount, detail_id)),
           (SELECT array_agg(DISTINCT market) FROM (
               SELECT market FROM under_way UNION SELECT market FROM line WHERE role = 'originates' AND batch_key <> '') m)
    INTO v_entries, v_legs, v_markets;

    IF v_entries IS NOT NULL THEN
        PERFORM ledger_post(v_entries, v_legs, p_actor, p_at);
    END IF;
    RETURN v_markets;
END $$;

-- Post what lines prove beside payments, and count them. Without `p_count` a batch of payments alone is left to be counted
-- (payments_count_new_rows) once everything else of the transaction is done.
CREATE OR REPLACE FUNCTION payments_post_provider_rows(
    p_line_ids bigint[], p_actor text, p_at timestamptz, p_count boolean DEFAULT true, OUT plain boolean, OUT counted boolean
) LANGUAGE plpgsql AS $$
DECLARE
    v_accounts bigint[];
    v_markets text[];
BEGIN
    PERFORM set_config('plan_cache_mode',
        CASE WHEN cardinality(p_line_ids) > 250 THEN 'force_custom_plan' ELSE 'force_generic_plan' END, true);
    plain := payments_are_plain(p_line_ids);
    IF NOT plain THEN
        v_markets := payments_book_provider_rows(p_line_ids, p_actor, p_at);
    END IF;
    IF EXISTS (
        SELECT FROM payments_reversalrow WHERE state = 'open' AND kind IN ('reversal', 'chargeback') AND amount_minor > 0
    ) THEN
        v_accounts := ARRAY(
            SELECT DISTINCT r.source_account_id FROM unnest(p_line_ids) n(id) CROSS JOIN LATERAL (
                SELECT source_account_id FROM statements_statementline WHERE id = n.id AND NOT withdrawn LIMIT 1
            ) l JOIN payments_reversalrow r ON r.source_account_id = l.source_account_id AND r.state = 'open'
              AND r.kind IN ('reversal', 'chargeback') AND r.amount_minor > 0
        );
        IF cardinality(v_accounts) > 0 THEN
            PERFORM payments_match_reversals(v_accounts, p_actor, p_at);
        END IF;
    END IF;
    counted := p_count OR v_markets IS NOT NULL;
    IF counted THEN
        PERFORM payments_count_new_rows(p_line_ids, plain);
    END IF;
    IF v_markets IS NOT NULL THEN
        PERFORM payments_match_transit(v_markets, p_actor, p_at);
    END IF;
END $$;

-- Find the payment of each open reversal row of these accounts and take it back: by an id the row names, else by the
-- network's id. One payment, or none: equal claims are left to a person. What a person had reversed before the row
-- came is confirmed by it and not posted again. Without a payment the row is recoverable (1310).
CREATE OR REPLACE FUNCTION payments_match_reversals(p_account_ids bigint[], p_actor text, p_at timestamptz) RETURNS void
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
CREATE OR REPLACE FUNCTION payments_untake(p_reversal_ids bigint[], p_actor text, p_at timestamptz) RETURNS void
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

-- As before; a fee that was given back is undone as well.
CREATE OR REPLACE FUNCTION payments_unpost(p_line_ids bigint[], p_actor text, p_at timestamptz) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_ids bigint[];
    v_amounts bigint[];
    v_count bigint := 0;
    v_entries ledger_entry_draft[];
    v_legs ledger_leg_draft[];
BEGIN
    v_ids := ARRAY(
        SELECT r.id FROM unnest(p_line_ids) n(id) JOIN payments_reversalrow r ON r.statement_line_id = n.id
        WHERE r.state <> 'withdrawn'
        UNION
        SELECT r.id FROM unnest(p_line_ids) n(id)
        CROSS JOIN LATERAL (SELECT id FROM payments_payment WHERE statement_line_id = n.id LIMIT 1) p
        JOIN payments_reversalrow r ON r.payment_id = p.id
        WHERE r.state <> 'withdrawn'
    );
    IF cardinality(v_ids) > 0 THEN
        PERFORM payments_untake(v_ids, p_actor, p_at);
        UPDATE payments_reversalrow SET state = 'open', reason = 'reversal_without_original', at = p_at
        WHERE id = ANY (v_ids) AND statement_line_id <> ALL (p_line_ids);
        PERFORM payments_stand_alone(v_ids, (p_at AT TIME ZONE 'UTC')::date, p_actor, p_at);
    END IF;

    SELECT array_agg(p.id), array_agg(p.amount_minor - p.reversed_minor) INTO v_ids, v_amounts
    FROM unnest(p_line_ids) n(id)
    CROSS JOIN LATERAL (
        SELECT * FROM payments_payment WHERE statement_line_id = n.id AND state = 'received' OFFSET 0
    ) p;
    IF v_ids IS NOT NULL THEN
        v_count := payments_take_back(v_ids, v_amounts, array_fill(NULL::bigint, ARRAY[cardinality(v_ids)]),
                                      'unposted', 'payment.unposted', p_actor, p_at);
    END IF;

    PERFORM payments_undo_entries(ARRAY(
        SELECT e.id FROM unnest(p_line_ids) n(id)
        CROSS JOIN LATERAL (
            SELECT id FROM ledger_entry
            WHERE cause_kind = 'line' AND cause_id = n.id AND reverses_id IS NULL AND kind NOT LIKE 'provider.fees%' OFFSET 0
        ) e
        UNION
        SELECT e.id FROM unnest(p_line_ids) n(id)
        JOIN payments_transitrow o ON o.statement_line_id = n.id
        JOIN payments_transitrow i ON i.id = o.partner_id
        JOIN ledger_entry e ON e.cause_kind = 'line' AND e.cause_id = i.statement_line_id AND e.kind = 'provider.swept'
          AND e.reverses_id IS NULL
    ), 'line.unposted', p_actor, p_at);

    WITH fee AS MATERIALIZED (
        SELECT f.*, (row_number() OVER (ORDER BY first_id))::integer AS entry_no
        FROM (
            SELECT min(id) AS first_id, source_account_id, market, currency, value_on, sum(fee_minor)::bigint AS fee_minor
            FROM payments_moved(p_line_ids) WHERE fee_minor <> 0 GROUP BY 2, 3, 4, 5 HAVING sum(fee_minor) <> 0
        ) f
    )
    SELECT (SELECT array_agg(ROW('provider.fees_unposted', market, ledger_open_day(market, (p_at AT TIME ZONE 'UTC')::date, p_at),
                                 value_on, 'line', first_id, 'fees_unposted:' || first_id, NULL)::ledger_entry_draft
                             ORDER BY entry_no) FROM fee),
           (SELECT array_agg(ROW(entry_no, l.leg_no, market, l.code, currency, source_account_id, l.amount, NULL
                                 )::ledger_leg_draft ORDER BY entry_no, l.leg_no)
            FROM fee CROSS JOIN LATERAL (VALUES (1, '1020', fee_minor), (2, '5010', -fee_minor)) l(leg_no, code, amount))
    INTO v_entries, v_legs;
    IF v_entries IS NOT NULL THEN
        PERFORM ledger_post(v_entries, v_legs, p_actor, p_at);
    END IF;

    UPDATE payments_transitrow SET state = 'open', partner_id = NULL, found_by = '', at = p_at
    WHERE partner_id IN (SELECT t.id FROM unnest(p_line_ids) n(id) JOIN payments_transitrow t ON t.statement_line_id = n.id);
    UPDATE payments_transitrow SET state = 'withdrawn', partner_id = NULL, batch_id = NULL, found_by = '', at = p_at
    WHERE statement_line_id = ANY (p_line_ids);
    PERFORM payments_count_rows(p_line_ids, -1);
    PERFORM statements_withdraw(p_line_ids);
    RETURN v_count;
END $$;
