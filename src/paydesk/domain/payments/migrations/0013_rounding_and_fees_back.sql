-- A provider's rounding is a small difference (5060). A fee may come back, with a refund for example: then it is negative.

-- The account a row of a kind moves money to or from; NULL for kinds that are not posted here.
CREATE OR REPLACE FUNCTION payments_counter_code(p_kind text, p_role text, p_amount bigint, p_text text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN p_kind = 'fee' THEN
            CASE WHEN p_text ~* '\y(vat|tax|levy|excise|nhil|getfund)\y' THEN '1140' ELSE '5010' END
        WHEN p_kind = 'sweep' THEN '1025'
        WHEN p_kind = 'float_transfer' THEN '1015'
        WHEN p_kind = 'reserve' THEN '1330'
        WHEN p_kind = 'rounding' THEN '5060'
        WHEN p_kind = 'payment' AND p_role = 'settles' AND p_amount > 0 THEN '1025'
    END
$$;

-- What a final row moves, as it says and as it is booked by itself, and what was kept back of it or given back. At a
-- provider alone: at a bank the amount of a row is what moved, and what was kept beside it never came.
CREATE OR REPLACE FUNCTION payments_moved(p_line_ids bigint[]) RETURNS TABLE (
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

-- Post the rows among these lines that are no payments, and the fees kept back of those that are. Lines that were posted
-- before are passed over. Returns how many entries were asked for.
CREATE OR REPLACE FUNCTION payments_post_provider_rows(p_line_ids bigint[], p_actor text, p_at timestamptz) RETURNS bigint
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
        FROM line WHERE fee_minor <> 0 GROUP BY 2, 3, 4, 5, 6
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
                (2, e.code, CASE WHEN e.code IN ('1140', '5060') THEN 0 ELSE e.source_account_id END, -e.amount_minor,
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
