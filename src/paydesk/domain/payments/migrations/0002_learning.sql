-- Who pays for whom. Links are learnt from payments whose payer typed the number (set by set, by the worker) and
-- from what a person confirmed. The same stretches of new payments are searched for doubles.

-- What a link counts on a day: confirmations halve for every 90 days without a new one, as in suggestion_rules.py.
CREATE FUNCTION payments_link_weight(p_confirmations integer, p_last_on date, p_on date) RETURNS integer
LANGUAGE sql IMMUTABLE AS $$
    SELECT p_confirmations >> least(greatest(p_on - p_last_on, 0) / 90, 30)
$$;

-- One confirmation for each payment and contract. Of a phone of the contract's own customer nothing is learnt unless
-- `p_own`: the phone itself says whose the money is.
CREATE FUNCTION payments_confirm_links(p_payment_ids bigint[], p_contract_ids bigint[], p_own boolean) RETURNS bigint
LANGUAGE sql AS $$
    WITH paid AS (
        SELECT p.market, p.msisdn, p.contract_id, p.value_on, max(p.value_on) OVER w AS last_on
        FROM (
            SELECT p.market, l.msisdn, d.contract_id, p.value_on
            FROM unnest(p_payment_ids, p_contract_ids) d(payment_id, contract_id)
            CROSS JOIN LATERAL (
                SELECT market, value_on, statement_line_id FROM payments_payment WHERE id = d.payment_id LIMIT 1
            ) p
            CROSS JOIN LATERAL (
                SELECT msisdn FROM statements_statementline WHERE id = p.statement_line_id AND msisdn <> '' LIMIT 1
            ) l
            CROSS JOIN LATERAL (SELECT customer_id FROM contracts_contract WHERE id = d.contract_id LIMIT 1) c
            WHERE p_own OR NOT EXISTS (
                SELECT FROM parties_customerphone f WHERE f.customer_id = c.customer_id AND f.msisdn = l.msisdn
            )
        ) p
        WINDOW w AS (PARTITION BY p.msisdn, p.contract_id)
    ), seen AS (
        -- Of a long history read at once: the last 90 days in full, those before by half.
        SELECT market, msisdn, contract_id, min(value_on) AS first_on, max(value_on) AS last_on,
               greatest(1, count(*) FILTER (WHERE last_on - value_on < 90)
                   + count(*) FILTER (WHERE last_on - value_on BETWEEN 90 AND 179) / 2)::integer AS times
        FROM paid GROUP BY 1, 2, 3
    ), learnt AS (
        INSERT INTO payments_payerlink AS k (
            market, msisdn, contract_id, confirmations, first_confirmed_on, last_confirmed_on
        )
        SELECT market, msisdn, contract_id, least(times, 1000), first_on, last_on FROM seen
        ORDER BY msisdn, contract_id
        ON CONFLICT (msisdn, contract_id) DO UPDATE
        SET confirmations = least(1000, payments_link_weight(k.confirmations, k.last_confirmed_on, excluded.last_confirmed_on)
                                        + excluded.confirmations),
            first_confirmed_on = least(k.first_confirmed_on, excluded.first_confirmed_on),
            last_confirmed_on = greatest(k.last_confirmed_on, excluded.last_confirmed_on),
            revoked_at = NULL
        RETURNING 1
    )
    SELECT count(*) FROM learnt
$$;

-- A person said otherwise: taken off lowers the link by one, moved away (`p_revoke`) ends it.
CREATE FUNCTION payments_doubt_link(p_payment_id bigint, p_contract_id bigint, p_revoke boolean, p_at timestamptz)
RETURNS void LANGUAGE sql AS $$
    UPDATE payments_payerlink k
    SET confirmations = CASE WHEN p_revoke THEN 0 ELSE greatest(k.confirmations - 1, 0) END,
        revoked_at = CASE WHEN p_revoke OR k.confirmations <= 1 THEN p_at ELSE k.revoked_at END
    FROM payments_payment p JOIN statements_statementline l ON l.id = p.statement_line_id
    WHERE p.id = p_payment_id AND l.msisdn <> '' AND k.msisdn = l.msisdn AND k.contract_id = p_contract_id
$$;

-- A second similar payment within five minutes is posted as any other and shown as a possible double, never dropped.
-- Noticed by the worker, from the same stretches of new payments that links are learnt from. Of a payer nobody knows the
-- phone says whether it is the same one, or the name as sent. Two unknown payments are looked up by amount and day,
-- which an index has.
CREATE FUNCTION payments_notice_doubles(p_after bigint, p_through bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO payments_possibledouble (payment_id, first_id, market, value_on)
    SELECT DISTINCT ON (n.later_id) n.later_id, n.first_id, n.market, n.value_on
    FROM payments_payment p
    CROSS JOIN LATERAL (
        SELECT CASE WHEN (o.paid_at, o.id) < (p.paid_at, p.id) THEN p.id ELSE o.id END AS later_id,
               CASE WHEN (o.paid_at, o.id) < (p.paid_at, p.id) THEN o.id ELSE p.id END AS first_id,
               p.market, greatest(o.value_on, p.value_on) AS value_on, o.statement_line_id
        FROM payments_payment o
        WHERE o.customer_id = p.customer_id AND o.value_on BETWEEN p.value_on - 1 AND p.value_on + 1
          AND o.id <> p.id AND o.state = 'received' AND o.currency = p.currency AND o.amount_minor = p.amount_minor
          AND o.contract_id IS NOT DISTINCT FROM p.contract_id
          AND o.paid_at BETWEEN p.paid_at - interval '5 minutes' AND p.paid_at + interval '5 minutes'
        ORDER BY abs(extract(epoch FROM o.paid_at - p.paid_at)), o.id LIMIT 1
    ) n
    CROSS JOIN LATERAL (SELECT msisdn FROM statements_statementline WHERE id = p.statement_line_id LIMIT 1) one
    CROSS JOIN LATERAL (SELECT msisdn FROM statements_statementline WHERE id = n.statement_line_id LIMIT 1) other
    WHERE p.id > p_after AND p.id <= p_through AND p.state = 'received' AND one.msisdn = other.msisdn
    ORDER BY n.later_id, n.first_id
    ON CONFLICT DO NOTHING;

    INSERT INTO payments_possibledouble (payment_id, first_id, market, value_on)
    SELECT DISTINCT ON (n.later_id) n.later_id, n.first_id, n.market, n.value_on
    FROM payments_payment p
    CROSS JOIN LATERAL (
        SELECT msisdn, upper(btrim(payer_name)) AS payer FROM statements_statementline WHERE id = p.statement_line_id LIMIT 1
    ) one
    CROSS JOIN LATERAL (
        SELECT CASE WHEN (o.paid_at, o.id) < (p.paid_at, p.id) THEN p.id ELSE o.id END AS later_id,
               CASE WHEN (o.paid_at, o.id) < (p.paid_at, p.id) THEN o.id ELSE p.id END AS first_id,
               p.market, greatest(o.value_on, p.value_on) AS value_on
        FROM payments_payment o
        CROSS JOIN LATERAL (
            SELECT msisdn, upper(btrim(payer_name)) AS payer
            FROM statements_statementline WHERE id = o.statement_line_id LIMIT 1
        ) other
        WHERE o.currency = p.currency AND o.amount_minor = p.amount_minor
          AND o.value_on BETWEEN p.value_on - 1 AND p.value_on + 1
          AND o.customer_id IS NULL AND o.market = p.market AND o.id <> p.id AND o.state = 'received'
          AND o.paid_at BETWEEN p.paid_at - interval '5 minutes' AND p.paid_at + interval '5 minutes'
          -- Two phones that are known and differ are two payers, whatever the names say.
          AND CASE WHEN one.msisdn <> '' AND other.msisdn <> '' THEN one.msisdn = other.msisdn
                   ELSE one.payer <> '' AND one.payer = other.payer END
        ORDER BY abs(extract(epoch FROM o.paid_at - p.paid_at)), o.id LIMIT 1
    ) n
    WHERE p.id > p_after AND p.id <= p_through AND p.state = 'received' AND p.customer_id IS NULL
    ORDER BY n.later_id, n.first_id
    ON CONFLICT DO NOTHING
$$;

-- Learn links from a stretch of new payments, and notice doubles among them.
CREATE FUNCTION payments_learn_from(p_after bigint, p_through bigint) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM payments_notice_doubles(p_after, p_through);
    RETURN (
        SELECT payments_confirm_links(coalesce(array_agg(id), '{}'), coalesce(array_agg(contract_id), '{}'), false)
        FROM payments_payment
        WHERE id > p_after AND id <= p_through AND state = 'received' AND contract_id IS NOT NULL
          AND rule IN ('account_number', 'reference_in_text')
    );
END $$;

-- Learn from payments that came since the last time, at most `p_most` ids further. Ids are drawn by transactions that
-- end in any order: only those drawn before a mark are read whose transactions all ended meanwhile.
CREATE FUNCTION payments_learn(p_most integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_mark payments_learning;
    v_through bigint;
    v_learnt bigint := 0;
BEGIN
    INSERT INTO payments_learning (id, through_id, head_id, head_xid) VALUES (1, 0, 0, 0) ON CONFLICT DO NOTHING;
    SELECT * INTO v_mark FROM payments_learning WHERE id = 1 FOR UPDATE;
    IF v_mark.head_id > v_mark.through_id
       AND pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= v_mark.head_xid THEN
        v_through := least(v_mark.head_id, v_mark.through_id + p_most);
        v_learnt := payments_learn_from(v_mark.through_id, v_through);
        UPDATE payments_learning SET through_id = v_through WHERE id = 1;
        v_mark.through_id := v_through;
    END IF;
    IF v_mark.head_id <= v_mark.through_id THEN
        UPDATE payments_learning
        SET head_id = greatest((SELECT last_value FROM payments_payment_id_seq), through_id),
            head_xid = pg_snapshot_xmax(pg_current_snapshot())::text::bigint
        WHERE id = 1;
    END IF;
    RETURN v_learnt;
END $$;

-- As payments_learn, without waiting for transactions that might still bring earlier ids: the caller knows of none.
CREATE FUNCTION payments_learn_all_so_far() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_after bigint;
    v_through bigint;
BEGIN
    INSERT INTO payments_learning (id, through_id, head_id, head_xid) VALUES (1, 0, 0, 0) ON CONFLICT DO NOTHING;
    SELECT through_id INTO v_after FROM payments_learning WHERE id = 1 FOR UPDATE;
    v_through := greatest((SELECT last_value FROM payments_payment_id_seq), v_after);
    UPDATE payments_learning SET through_id = v_through, head_id = v_through WHERE id = 1;
    RETURN payments_learn_from(v_after, v_through);
END $$;
