-- What rows of a provider prove beside payments. Each row is one entry (row:<line>): fee 5010 (tax 1140), sweep 1025,
-- float 1015, reserve 1330, against the account the row is from. What was kept back of payments, their fee column, is
-- one entry per file part and day, because there are as many as payments. Every final row is booked, so that 1020 is what
-- the provider shows: a change of currency is an FX position (1090); a refund, a payout, a correction or any other row that
-- moved money and that nobody asked for stands as recoverable (1310), with its sign, until it is explained. Money in
-- transit (1025) stands on the row that brought it there until the row of its other end is found. Tests hold it against a
-- slow sum in plain Python. Functions in SQL are planned anew at every call, which costs a single payment 5 ms; those in
-- plpgsql keep their plans.

-- Major units as minor ones; kernel/money.py has the same list, and a test compares them.
CREATE FUNCTION payments_minor(p_amount numeric, p_currency text) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT p_amount * CASE
        WHEN p_currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND',
                            'VUV', 'XAF', 'XOF', 'XPF') THEN 1
        WHEN p_currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 1000
        WHEN p_currency IN ('CLF', 'UYW') THEN 10000
        ELSE 100 END
$$;

-- Whether a row takes a payment back, which is looked for; other rows without an account of their own nobody asked for.
CREATE FUNCTION payments_seeks_payment(p_kind text, p_role text, p_amount bigint) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT p_role = 'originates' AND p_kind IN ('reversal', 'chargeback') AND p_amount < 0
$$;

-- Whether a row moved money that nobody asked for: recoverable (1310) until it is explained.
CREATE FUNCTION payments_nobody_asked(p_kind text, p_role text, p_amount bigint, p_code text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT p_code IS NULL AND p_amount <> 0 AND p_kind NOT IN ('failed', 'order', 'notice')
       AND NOT (p_kind = 'payment' AND p_role = 'originates' AND p_amount > 0)
       AND NOT payments_seeks_payment(p_kind, p_role, p_amount)
$$;

-- The account a row of a kind moves money to or from; NULL for payments, and for what nobody can say by its kind alone.
CREATE FUNCTION payments_counter_code(p_kind text, p_role text, p_amount bigint, p_text text) RETURNS text
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

-- The ids a text may name: its words, as they stand and as they are compared.
CREATE FUNCTION payments_words(p_text text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(array_agg(DISTINCT k), '{}')
    FROM regexp_split_to_table(p_text, '[\s,;:"|()/{}\[\]\\]+') w
    CROSS JOIN LATERAL (VALUES (rtrim(w, '.')), (regexp_replace(upper(w), '[^0-9A-Z]+', '', 'g'))) v(k)
    WHERE length(k) BETWEEN 5 AND 200 AND k ~ '[0-9]'
$$;

-- What a final row moves, as it says and as it is booked by itself, and what was kept back of it or given back. At a
-- provider alone: at a bank the amount of a row is what moved, and what was kept beside it never came.
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
           CASE WHEN l.fee_minor = trunc(l.fee_minor) AND abs(l.fee_minor) < 1000000000000000
                THEN l.fee_minor ELSE 0 END::bigint,
           l.code, l.day, l.value_on, l.batch_key
    FROM unnest(p_line_ids) n(id)
    CROSS JOIN LATERAL (
        SELECT l.id, l.source_account_id, s.ledger_code, s.role, s.market, l.currency, l.kind, l.provider_ref,
               coalesce(l.amount_minor, 0) AS amount_minor,
               payments_counter_code(l.kind, s.role, l.amount_minor,
                                     CASE WHEN l.kind = 'fee' THEN l.text || ' ' || l.reference END) AS code,
               CASE WHEN l.fee <> 0 AND l.kind <> 'fee' AND s.role = 'originates' AND s.ledger_code = '1020'
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
CREATE FUNCTION payments_count_rows(p_line_ids bigint[], p_sign integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
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
        fee_minor = payments_dayofrows.fee_minor + excluded.fee_minor;
END $$;

-- Whether the final rows among these are payments of originating accounts and nothing else: no fee kept back, no batch
-- named, nothing taken away. Then there is nothing to book beside the payments.
CREATE FUNCTION payments_are_plain(p_line_ids bigint[]) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
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

-- Count rows that are new, once: a batch that was counted before is passed over. Others count the same account: last in a
-- transaction, and in the order of payments_count_rows, which counts whatever rows; plain ones have less to look at.
CREATE FUNCTION payments_count_new_rows(p_line_ids bigint[], p_plain boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO payments_countedrows (first_line_id) SELECT min(id) FROM unnest(p_line_ids) id HAVING count(*) > 0
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF NOT p_plain THEN
        PERFORM payments_count_rows(p_line_ids, 1);
        RETURN;
    END IF;
    WITH line AS MATERIALIZED (
        SELECT l.* FROM unnest(p_line_ids) n(id) CROSS JOIN LATERAL (
            SELECT l.source_account_id, l.channel, l.occurred_at, l.currency, coalesce(l.booked_on, l.value_on) AS day,
                   coalesce(l.amount_minor, 0) AS amount_minor,
                   l.status = 'success' AND l.kind = 'payment' AND l.currency = s.currency AS final
            FROM statements_statementline l JOIN providers_sourceaccount s ON s.id = l.source_account_id
            WHERE l.id = n.id AND NOT l.withdrawn LIMIT 1
        ) l
    ), hours AS (
        INSERT INTO payments_hourofrows (source_account_id, channel, hour, rows)
        SELECT source_account_id, channel, date_trunc('hour', occurred_at, 'UTC'), count(*)
        FROM line WHERE occurred_at IS NOT NULL
        GROUP BY 1, 2, 3 ORDER BY 1, 3, 2
        ON CONFLICT (source_account_id, hour, channel) DO UPDATE SET rows = payments_hourofrows.rows + excluded.rows
    )
    INSERT INTO payments_dayofrows (source_account_id, currency, day, kind, rows, amount_minor, booked_minor, fee_minor)
    SELECT source_account_id, currency, day, 'payment', count(*), sum(amount_minor)::bigint, 0, 0
    FROM line WHERE final GROUP BY 1, 2, 3 ORDER BY 1, 3, 2
    ON CONFLICT (source_account_id, day, kind, currency) DO UPDATE
    SET rows = payments_dayofrows.rows + excluded.rows,
        amount_minor = payments_dayofrows.amount_minor + excluded.amount_minor;
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

-- Post the rows among these lines that are no payments, and the fees kept back of those that are. Lines that were posted
-- before are passed over. Returns the markets in which money in transit may have met its other end.
CREATE FUNCTION payments_book_provider_rows(p_line_ids bigint[], p_actor text, p_at timestamptz) RETURNS text[]
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
