-- Who pays for whom. Links are learnt from payments whose payer typed the number (set by set, by the worker) and
-- from what a person confirmed; confirmations halve for every 90 days without a new one, as in suggestion_rules.py.

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

CREATE FUNCTION payments_learn_from(p_after bigint, p_through bigint) RETURNS bigint LANGUAGE sql AS $$
    SELECT payments_confirm_links(coalesce(array_agg(id), '{}'), coalesce(array_agg(contract_id), '{}'), false)
    FROM payments_payment
    WHERE id > p_after AND id <= p_through AND state = 'received' AND contract_id IS NOT NULL
      AND rule IN ('account_number', 'reference_in_text')
$$;
