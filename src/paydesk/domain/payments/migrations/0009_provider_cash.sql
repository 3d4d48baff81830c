-- What rows of a provider prove beside payments. Each row is one entry (row:<line>): fee 5010 (tax 1140), sweep 1025,
-- float 1015, reserve 1330, against the account the row is from. What was kept back of payments, their fee column, is
-- one entry per file part and day, because there are as many as payments. Reversals take their payment back; those
-- without one are recoverable (1310) until it comes. Money in transit (1025) stands on the row that brought it there
-- until the row of its other end is found. Tests hold it against a slow sum in plain Python.

-- Major units as minor ones; kernel/money.py has the same list, and a test compares them.
CREATE FUNCTION payments_minor(p_amount numeric, p_currency text) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT p_amount * CASE
        WHEN p_currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND',
                            'VUV', 'XAF', 'XOF', 'XPF') THEN 1
        WHEN p_currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 1000
        WHEN p_currency IN ('CLF', 'UYW') THEN 10000
        ELSE 100 END
$$;

-- The account a row of a kind moves money to or from; NULL for kinds that are not posted here.
CREATE FUNCTION payments_counter_code(p_kind text, p_role text, p_amount bigint, p_text text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN p_kind = 'fee' THEN
            CASE WHEN p_text ~* '\y(vat|tax|levy|excise|nhil|getfund)\y' THEN '1140' ELSE '5010' END
        WHEN p_kind = 'sweep' THEN '1025'
        WHEN p_kind = 'float_transfer' THEN '1015'
        WHEN p_kind = 'reserve' THEN '1330'
        WHEN p_kind = 'payment' AND p_role = 'settles' AND p_amount > 0 THEN '1025'
    END
$$;

-- The ids a text may name: its words, as they stand and as they are compared.
CREATE FUNCTION payments_words(p_text text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(array_agg(DISTINCT k), '{}')
    FROM regexp_split_to_table(p_text, '[\s,;:"|()/{}\[\]\\]+') w
    CROSS JOIN LATERAL (VALUES (rtrim(w, '.')), (regexp_replace(upper(w), '[^0-9A-Z]+', '', 'g'))) v(k)
    WHERE length(k) BETWEEN 5 AND 200 AND k ~ '[0-9]'
$$;

-- What a final row moves, as it says and as it is booked by itself, and what was kept back of it. At a provider alone:
-- at a bank the amount of a row is what moved, and what was kept beside it never came.
CREATE FUNCTION payments_moved(p_line_ids bigint[]) RETURNS TABLE (
    id bigint, source_account_id bigint, ledger_code text, role text, market text, currency text, kind text,
    amount_minor bigint, booked_minor bigint, fee_minor bigint, code text, day date, value_on date, batch_key text
) LANGUAGE sql STABLE AS $$
    SELECT l.id, l.source_account_id, l.ledger_code, l.role, l.market, l.currency, l.kind, l.amount_minor,
           CASE WHEN l.code IS NULL OR l.amount_minor = 0 OR (l.kind = 'fee' AND l.provider_ref <> '' AND EXISTS (
               -- A row of its own for what the payment's row shows as its fee: one fee, posted with the payment. Looked
               -- up by the key of that row (statements/rules.line_key), which is unique.
               SELECT FROM statements_statementline f
               WHERE f.source_account_id = l.source_account_id AND NOT f.withdrawn AND l.ledger_code = '1020'
                 AND f.line_key = md5(concat_ws(E'\x1f', 'id', l.provider_ref, 'payment', 'success'))::uuid
                 AND payments_minor(f.fee, f.currency) = -l.amount_minor
           )) THEN 0 ELSE l.amount_minor END,
           CASE WHEN l.fee_minor = trunc(l.fee_minor) AND l.fee_minor < 1000000000000000
                THEN l.fee_minor ELSE 0 END::bigint,
           l.code, l.day, l.value_on, l.batch_key
    FROM unnest(p_line_ids) n(id)
    CROSS JOIN LATERAL (
        SELECT l.id, l.source_account_id, s.ledger_code, s.role, s.market, l.currency, l.kind, l.provider_ref,
               coalesce(l.amount_minor, 0) AS amount_minor,
               payments_counter_code(l.kind, s.role, l.amount_minor,
                                     CASE WHEN l.kind = 'fee' THEN l.text || ' ' || l.reference END) AS code,
               CASE WHEN l.fee > 0 AND l.kind <> 'fee' AND s.role = 'originates' AND s.ledger_code = '1020'
                    THEN payments_minor(l.fee, l.currency) ELSE 0 END AS fee_minor,
               coalesce(l.booked_on, l.value_on) AS day, l.value_on, l.batch_key
        FROM statements_statementline l JOIN providers_sourceaccount s ON s.id = l.source_account_id
        WHERE l.id = n.id AND NOT l.withdrawn AND l.status = 'success' AND l.kind <> 'failed'
          AND l.currency = s.currency AND s.role IN ('originates', 'settles')
        LIMIT 1
    ) l
$$;

-- The ids of batches as they are compared.
CREATE FUNCTION payments_batch_key(p_text text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT regexp_replace(upper(p_text), '[^0-9A-Z]+', '', 'g')
$$;

-- Count final rows per account, day and kind, and per batch; rows per hour, whatever their status. `p_sign` -1 takes
-- them out again. Others count the same account: last in a transaction, in one order.
CREATE FUNCTION payments_count_rows(p_line_ids bigint[], p_sign integer) RETURNS void LANGUAGE sql AS $$
    WITH moved AS MATERIALIZED (
        SELECT * FROM payments_moved(p_line_ids)
    ), batched AS (
        INSERT INTO payments_settlementbatch (source_account_id, batch_key, currency, rows, net_minor)
        SELECT source_account_id, payments_batch_key(batch_key), currency, p_sign * count(*),
               p_sign * sum(amount_minor - fee_minor)::bigint
        FROM moved WHERE role = 'originates' AND ledger_code = '1020' AND batch_key <> '' AND kind <> 'sweep'
        GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT (batch_key, source_account_id, currency) DO UPDATE
        SET rows = payments_settlementbatch.rows + excluded.rows,
            net_minor = payments_settlementbatch.net_minor + excluded.net_minor
    ), hours AS (
        INSERT INTO payments_hourofrows (source_account_id, channel, hour, rows)
        SELECT l.source_account_id, l.channel, date_trunc('hour', l.occurred_at, 'UTC'), p_sign * count(*)
        FROM unnest(p_line_ids) n(id)
        CROSS JOIN LATERAL (
            SELECT source_account_id, channel, occurred_at FROM statements_statementline
            WHERE id = n.id AND occurred_at IS NOT NULL AND NOT withdrawn LIMIT 1
        ) l
        GROUP BY 1, 2, 3 ORDER BY 1, 3, 2
        ON CONFLICT (source_account_id, hour, channel) DO UPDATE SET rows = payments_hourofrows.rows + excluded.rows
    )
    INSERT INTO payments_dayofrows (source_account_id, currency, day, kind, rows, amount_minor, booked_minor, fee_minor)
    SELECT source_account_id, currency, day, kind, p_sign * count(*), p_sign * sum(amount_minor)::bigint,
           p_sign * sum(booked_minor)::bigint, p_sign * sum(fee_minor)::bigint
    FROM moved GROUP BY 1, 2, 3, 4 ORDER BY 1, 3, 4, 2
    ON CONFLICT (source_account_id, day, kind, currency) DO UPDATE
    SET rows = payments_dayofrows.rows + excluded.rows,
        amount_minor = payments_dayofrows.amount_minor + excluded.amount_minor,
        booked_minor = payments_dayofrows.booked_minor + excluded.booked_minor,
        fee_minor = payments_dayofrows.fee_minor + excluded.fee_minor
$$;

-- Post the rows among these lines that are no payments, and the fees kept back of those that are. Lines that were posted
-- before are passed over. Returns how many entries were asked for.
CREATE FUNCTION payments_post_provider_rows(p_line_ids bigint[], p_actor text, p_at timestamptz) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_entries ledger_entry_draft[];
    v_legs ledger_leg_draft[];
    v_accounts bigint[];
    v_markets text[];
BEGIN
    PERFORM set_config('plan_cache_mode',
        CASE WHEN cardinality(p_line_ids) > 250 THEN 'force_custom_plan' ELSE 'force_generic_plan' END, true);

    WITH line AS MATERIALIZED (
        SELECT * FROM payments_moved(p_line_ids)
    ), moved AS MATERIALIZED (
        SELECT * FROM line WHERE booked_minor <> 0
    ), fee AS MATERIALIZED (
        SELECT min(id) AS first_id, source_account_id, market, currency, day, value_on, sum(fee_minor)::bigint AS fee_minor
        FROM line WHERE fee_minor > 0 GROUP BY 2, 3, 4, 5, 6
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
        ) e
    ), reversed AS (
        INSERT INTO payments_reversalrow (market, source_account_id, statement_line_id, kind, amount_minor, currency,
                                          booked_on, keys, state, reason, at)
        SELECT l.market, l.source_account_id, l.id, l.kind, -l.amount_minor, l.currency, l.day,
               payments_words(s.provider_ref || ' ' || s.reference || ' ' || s.network_ref || ' ' || s.text || ' '
                              || left(s.raw, 20000)) || ARRAY[s.provider_ref] || ARRAY[s.network_ref],
               'open', '', p_at
        FROM line l JOIN statements_statementline s ON s.id = l.id
        WHERE l.role = 'originates' AND l.kind IN ('reversal', 'chargeback') AND l.amount_minor < 0
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
                (2, e.code, CASE WHEN e.code = '1140' THEN 0 ELSE e.source_account_id END, -e.amount_minor,
                    CASE WHEN e.code = '1025' THEN e.detail_id END)
            ) l(leg_no, code, key_id, amount, detail_id)),
           (SELECT array_agg(DISTINCT source_account_id) FROM line WHERE role = 'originates'),
           (SELECT array_agg(DISTINCT market) FROM (
               SELECT market FROM under_way UNION SELECT market FROM line WHERE role = 'originates' AND batch_key <> '') m)
    INTO v_entries, v_legs, v_accounts, v_markets;

    IF v_entries IS NOT NULL THEN
        PERFORM ledger_post(v_entries, v_legs, p_actor, p_at);
    END IF;
    INSERT INTO payments_countedrows (first_line_id) SELECT min(id) FROM unnest(p_line_ids) id HAVING count(*) > 0
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
        PERFORM payments_count_rows(p_line_ids, 1);
    END IF;
    IF EXISTS (SELECT FROM payments_reversalrow WHERE state = 'open' AND source_account_id = ANY (v_accounts)) THEN
        PERFORM payments_match_reversals(v_accounts, p_actor, p_at);
    END IF;
    IF v_markets IS NOT NULL THEN
        PERFORM payments_match_transit(v_markets, p_actor, p_at);
    END IF;
    RETURN coalesce(cardinality(v_entries), 0);
END $$;

-- Undo entries by their mirror. The key is that of un-posting, so that none is undone twice.
CREATE FUNCTION payments_undo_entries(p_entry_ids bigint[], p_kind text, p_actor text, p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_entries ledger_entry_draft[];
    v_legs ledger_leg_draft[];
BEGIN
    WITH entry AS MATERIALIZED (
        SELECT e.*, (row_number() OVER (ORDER BY e.id))::integer AS entry_no
        FROM unnest(p_entry_ids) n(id)
        CROSS JOIN LATERAL (SELECT * FROM ledger_entry WHERE id = n.id LIMIT 1) e
        WHERE NOT EXISTS (SELECT FROM ledger_entry r WHERE r.idempotency_key = 'unposted:' || e.id)
    )
    SELECT (SELECT array_agg(ROW(p_kind, market, ledger_open_day(market, (p_at AT TIME ZONE 'UTC')::date, p_at),
                                 value_on, cause_kind, cause_id, 'unposted:' || id, id)::ledger_entry_draft ORDER BY entry_no)
            FROM entry),
           (SELECT array_agg(ROW(e.entry_no, p.leg_no, a.market, a.code, p.currency, a.key_id, -p.amount_minor, p.detail_id
                                 )::ledger_leg_draft ORDER BY e.entry_no, p.leg_no)
            FROM entry e
            CROSS JOIN LATERAL (SELECT * FROM ledger_posting WHERE entry_id = e.id OFFSET 0) p
            JOIN ledger_account a ON a.id = p.account_id)
    INTO v_entries, v_legs;
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
    v_entries ledger_entry_draft[];
    v_legs ledger_leg_draft[];
BEGIN
    WITH row AS MATERIALIZED (
        SELECT * FROM payments_reversalrow WHERE state = 'open' AND source_account_id = ANY (p_account_ids)
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
            JOIN ledger_entry e ON e.idempotency_key = 'row:' || r.statement_line_id
            WHERE r.id = ANY (v_done) AND r.state IN ('matched', 'confirmed')
        ), 'provider.reversal_matched', p_actor, p_at);
        SELECT array_agg(t.id ORDER BY t.id), array_agg(t.payment_id ORDER BY t.id) INTO v_rows, v_payments
        FROM unnest(v_rows, v_payments) t(id, payment_id) WHERE t.id <> ALL (v_done);
    END LOOP;

    WITH row AS MATERIALIZED (
        SELECT r.*, s.ledger_code, l.value_on, (row_number() OVER (ORDER BY r.id))::integer AS entry_no
        FROM payments_reversalrow r
        JOIN providers_sourceaccount s ON s.id = r.source_account_id
        JOIN statements_statementline l ON l.id = r.statement_line_id
        WHERE r.state = 'open' AND r.source_account_id = ANY (p_account_ids)
          AND NOT EXISTS (SELECT FROM ledger_entry e WHERE e.idempotency_key = 'row:' || r.statement_line_id)
    )
    SELECT array_agg(id),
           array_agg(ROW('provider.reversal', market, ledger_open_day(market, booked_on, p_at), value_on, 'line',
                         statement_line_id, 'row:' || statement_line_id, NULL)::ledger_entry_draft ORDER BY entry_no),
           (SELECT array_agg(ROW(entry_no, l.leg_no, market, l.code, currency, l.key_id, l.amount, statement_line_id
                                 )::ledger_leg_draft ORDER BY entry_no, l.leg_no)
            FROM row CROSS JOIN LATERAL (VALUES
                (1, '1310', 0::bigint, row.amount_minor), (2, row.ledger_code, row.source_account_id, -row.amount_minor)
            ) l(leg_no, code, key_id, amount))
    INTO v_open, v_entries, v_legs FROM row;
    IF v_open IS NOT NULL THEN
        UPDATE payments_reversalrow SET reason = 'reversal_without_original' WHERE id = ANY (v_open) AND reason = '';
        PERFORM ledger_post(v_entries, v_legs, p_actor, p_at);
    END IF;
END $$;

-- Find the two ends of money in transit: by an id both rows name and the amount; by the batch whose settlement the bank
-- names; else by amount alone within days, where no other row could be meant on either side.
CREATE FUNCTION payments_match_transit(p_markets text[], p_actor text, p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_in payments_transitrow;
    v_ids bigint[];
    v_batches bigint[];
    v_out payments_transitrow;
    v_account bigint;
    v_how text;
    v_legs ledger_leg_draft[];
BEGIN
    FOR v_in IN
        SELECT * FROM payments_transitrow WHERE state = 'open' AND amount_minor > 0 AND market = ANY (p_markets)
        ORDER BY booked_on, id FOR UPDATE
    LOOP
        v_how := 'reference';
        v_batches := NULL;
        SELECT array_agg(id) INTO v_ids FROM payments_transitrow
        WHERE market = v_in.market AND currency = v_in.currency AND amount_minor = -v_in.amount_minor AND state = 'open'
          AND source_account_id <> v_in.source_account_id AND keys && v_in.keys;
        IF v_ids IS NULL THEN
            SELECT array_agg(b.id) INTO v_batches FROM payments_settlementbatch b
            JOIN providers_sourceaccount s ON s.id = b.source_account_id AND s.market = v_in.market
            WHERE b.batch_key = ANY (v_in.keys) AND b.currency = v_in.currency AND length(b.batch_key) >= 5
              AND NOT EXISTS (SELECT FROM payments_transitrow t WHERE t.batch_id = b.id AND t.state = 'matched');
            v_how := 'batch';
        END IF;
        IF v_ids IS NULL AND v_batches IS NULL THEN
            v_how := 'amount';
            SELECT array_agg(o.id) INTO v_ids FROM payments_transitrow o
            WHERE o.market = v_in.market AND o.currency = v_in.currency AND o.amount_minor = -v_in.amount_minor
              AND o.state = 'open' AND o.source_account_id <> v_in.source_account_id
              AND o.booked_on BETWEEN v_in.booked_on - 7 AND v_in.booked_on
              AND NOT EXISTS (
                  SELECT FROM payments_transitrow x
                  WHERE x.market = o.market AND x.currency = o.currency AND x.amount_minor = -o.amount_minor AND x.state = 'open'
                    AND x.id <> v_in.id AND x.booked_on BETWEEN o.booked_on AND o.booked_on + 7
              );
        END IF;
        IF cardinality(v_ids) = 1 THEN
            SELECT * INTO v_out FROM payments_transitrow WHERE id = v_ids[1] FOR UPDATE;
            v_legs := ARRAY[
                ROW(1, 1, v_in.market, '1025', v_in.currency, v_in.source_account_id, v_in.amount_minor, v_in.statement_line_id),
                ROW(1, 2, v_in.market, '1025', v_in.currency, v_out.source_account_id, -v_in.amount_minor, v_out.statement_line_id)
            ]::ledger_leg_draft[];
        ELSIF cardinality(v_batches) = 1 THEN
            v_out := NULL;
            SELECT source_account_id INTO v_account FROM payments_settlementbatch WHERE id = v_batches[1];
            v_legs := ARRAY[
                ROW(1, 1, v_in.market, '1025', v_in.currency, v_in.source_account_id, v_in.amount_minor, v_in.statement_line_id),
                ROW(1, 2, v_in.market, '1020', v_in.currency, v_account, -v_in.amount_minor, v_in.statement_line_id)
            ]::ledger_leg_draft[];
        ELSE
            CONTINUE;
        END IF;
        PERFORM ledger_post(
            ARRAY[ROW('provider.swept', v_in.market, ledger_open_day(v_in.market, v_in.booked_on, p_at), v_in.booked_on, 'line',
                      v_in.statement_line_id, 'swept:' || v_in.statement_line_id || ':'
                      || coalesce(v_out.statement_line_id::text, 'b' || v_batches[1]), NULL)::ledger_entry_draft],
            v_legs, p_actor, p_at);
        UPDATE payments_transitrow
        SET state = 'matched', partner_id = v_out.id, batch_id = v_batches[1], found_by = v_how, at = p_at WHERE id = v_in.id;
        UPDATE payments_transitrow
        SET state = 'matched', partner_id = v_in.id, found_by = v_how, at = p_at WHERE id = v_out.id;
    END LOOP;
END $$;

-- Give back to payments what reversal rows took: their file was the wrong one.
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
            JOIN ledger_entry e ON e.idempotency_key = 'reversed:line:' || r.statement_line_id
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
                                     'unreversed:line:' || line_id, reversed_entry)::ledger_entry_draft ORDER BY entry_no)
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
    UPDATE payments_reversalrow SET state = 'withdrawn', payment_id = NULL, at = p_at WHERE id = ANY (p_reversal_ids);
    IF v_payment_ids IS NOT NULL THEN
        PERFORM payments_replay(v_contract_ids, '{}', '{}', p_actor, p_at);
        PERFORM payments_credit_leftover(ARRAY(
            SELECT DISTINCT customer_id FROM payments_payment WHERE id = ANY (v_payment_ids) AND customer_id IS NOT NULL
        ), p_actor, p_at);
    END IF;
END $$;

-- As before, and what the other rows did is undone as well: reversals given back, fees, batches, both ends of money in
-- transit, the count of rows per hour.
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
        JOIN ledger_entry e ON e.idempotency_key = 'swept:' || i.statement_line_id || ':' || o.statement_line_id
    ), 'line.unposted', p_actor, p_at);

    WITH fee AS MATERIALIZED (
        SELECT f.*, (row_number() OVER (ORDER BY first_id))::integer AS entry_no
        FROM (
            SELECT min(id) AS first_id, source_account_id, market, currency, value_on, sum(fee_minor)::bigint AS fee_minor
            FROM payments_moved(p_line_ids) WHERE fee_minor > 0 GROUP BY 2, 3, 4, 5
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
