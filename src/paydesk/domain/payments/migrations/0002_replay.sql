-- Taking money off a contract and laying it on again. Allocation is a replay: what each payment offers a contract,
-- in the order of value date and payment, meets the due items in the order of allocation; parts that come out
-- differently from what stands are reversed and written anew. contracts/rules.py and payments/replay_rules.py say
-- the same in plain Python, and tests hold the two against each other.

-- A part of a payment on a due item of a contract.
CREATE TYPE payments_part AS (
    contract_id bigint, payment_id bigint, due_item_id bigint, ledger_code text, amount_minor bigint
);

-- The contracts a payment is or was meant for.
CREATE FUNCTION payments_contracts_of(p_payment_ids bigint[]) RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(contract_id ORDER BY contract_id), '{}') FROM (
        SELECT contract_id FROM payments_payment WHERE id = ANY (p_payment_ids) AND contract_id IS NOT NULL
        UNION SELECT contract_id FROM payments_application WHERE payment_id = ANY (p_payment_ids)
        UNION SELECT i.contract_id FROM payments_allocation a JOIN contracts_dueitem i ON i.id = a.due_item_id
              WHERE a.payment_id = ANY (p_payment_ids)
    ) c
$$;

-- The payments that may offer money to a contract, in the order in which they do.
CREATE FUNCTION payments_offering_to(p_contract_ids bigint[]) RETURNS TABLE (contract_id bigint, payment_id bigint)
LANGUAGE sql STABLE AS $$
    SELECT c.id, p.id
    FROM unnest(p_contract_ids) n(id)
    CROSS JOIN LATERAL (SELECT id, customer_id FROM contracts_contract WHERE id = n.id LIMIT 1) c
    CROSS JOIN LATERAL (
        SELECT id FROM payments_payment WHERE customer_id = c.customer_id AND contract_id = c.id OFFSET 0
    ) p
    UNION
    SELECT a.contract_id, a.payment_id FROM payments_application a WHERE a.contract_id = ANY (p_contract_ids)
    UNION
    SELECT i.contract_id, a.payment_id
    FROM unnest(p_contract_ids) n(id)
    CROSS JOIN LATERAL (SELECT id, contract_id FROM contracts_dueitem WHERE contract_id = n.id OFFSET 0) i
    CROSS JOIN LATERAL (
        SELECT payment_id FROM payments_allocation WHERE due_item_id = i.id AND payment_id IS NOT NULL OFFSET 0
    ) a
$$;

-- Lock what a replay may change, in the one order: contracts, balances, payments. Raises 40001 if the payments
-- came to touch another contract meanwhile.
CREATE FUNCTION payments_lock(p_contract_ids bigint[], p_payment_ids bigint[], p_customer_ids bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_payment_ids bigint[];
    v_customer_ids bigint[];
BEGIN
    PERFORM 1 FROM contracts_contract WHERE id = ANY (p_contract_ids) ORDER BY id FOR NO KEY UPDATE;
    SELECT array_agg(DISTINCT o.payment_id) INTO v_payment_ids
    FROM (SELECT payment_id FROM payments_offering_to(p_contract_ids) UNION SELECT unnest(p_payment_ids)) o;
    SELECT array_agg(DISTINCT c.id) INTO v_customer_ids
    FROM (
        SELECT customer_id FROM payments_payment WHERE id = ANY (v_payment_ids) AND customer_id IS NOT NULL
        UNION SELECT customer_id FROM contracts_contract WHERE id = ANY (p_contract_ids)
        UNION SELECT unnest(p_customer_ids)
    ) c(id);
    PERFORM ledger_lock_balances(array_agg(k.code), array_agg(k.key_id))
    FROM (
        SELECT code, key_id FROM unnest(v_customer_ids) key_id CROSS JOIN unnest(ARRAY['2010', '2040', '1310']) code
        UNION ALL
        SELECT code, key_id FROM unnest(p_contract_ids) key_id CROSS JOIN unnest(ARRAY['1100', '1110', '2030']) code
    ) k;
    PERFORM 1 FROM payments_payment WHERE id = ANY (v_payment_ids) ORDER BY id FOR UPDATE;
    IF NOT payments_contracts_of(p_payment_ids) <@ p_contract_ids THEN
        RAISE EXCEPTION 'payments: a payment came to touch another contract' USING ERRCODE = 'serialization_failure';
    END IF;
END $$;

-- Replay contracts that share no payment with money to give. Contracts, balances and payments are locked by the caller.
-- `p_withheld` is how much of some payments may stand on no contract any more. A replay goes by `counts_on` where a
-- payment has one: what a person, with another, says instead of the value date, which stays as it is.
CREATE FUNCTION payments_replay_apart(
    p_contract_ids bigint[], p_payment_ids bigint[], p_withheld bigint[], p_actor text, p_at timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_old payments_part[];
    v_new payments_part[];
    v_entries ledger_entry_draft[];
    v_legs ledger_leg_draft[];
    v_entry_ids bigint[];
    -- One element per payment and contract that changes, in the order of both ids.
    v_contract_ids bigint[];
    v_changed_ids bigint[];
    v_taken_no integer[];
    v_applied_no integer[];
    v_old_minor bigint[];
    v_new_minor bigint[];
    v_from_credit bigint[];
BEGIN
    WITH contract AS MATERIALIZED (
        SELECT c.id, c.state FROM unnest(p_contract_ids) n(id)
        CROSS JOIN LATERAL (SELECT id, state FROM contracts_contract WHERE id = n.id LIMIT 1) c
    ), item AS MATERIALIZED (
        SELECT i.*, c.state,
               CASE WHEN c.state IN ('deposit_pending', 'deposit_paid') THEN '2030'
                    WHEN i.kind IN ('fee', 'penalty') THEN '1110' ELSE '1100' END AS ledger_code
        FROM contract c
        CROSS JOIN LATERAL (SELECT * FROM contracts_dueitem WHERE contract_id = c.id OFFSET 0) i
    ), live AS MATERIALIZED (
        SELECT i.contract_id, a.payment_id, i.id AS due_item_id, i.ledger_code, a.amount_minor
        FROM item i CROSS JOIN LATERAL (
            SELECT payment_id, sum(amount_minor)::bigint AS amount_minor FROM payments_allocation
            WHERE due_item_id = i.id GROUP BY 1 HAVING sum(amount_minor) <> 0
        ) a
    ), standing AS MATERIALIZED (
        SELECT contract_id, payment_id, sum(amount_minor)::bigint AS amount_minor
        FROM live WHERE payment_id IS NOT NULL GROUP BY 1, 2
    ), offer AS MATERIALIZED (
        SELECT o.contract_id, p.id AS payment_id, coalesce(p.counts_on, p.value_on) AS value_on,
               greatest(0, least(
                   CASE WHEN a.limit_minor IS NOT NULL THEN a.limit_minor
                        WHEN p.contract_id = o.contract_id THEN p.amount_minor ELSE 0 END,
                   CASE WHEN c.state IN ('deposit_pending', 'deposit_paid', 'active', 'defaulted', 'completed')
                        THEN p.amount_minor ELSE coalesce(s.amount_minor, 0) END,
                   p.open_minor + p.credited_minor + coalesce(s.amount_minor, 0) - coalesce(w.withheld, 0)
               )) AS offered
        FROM payments_offering_to(p_contract_ids) o
        JOIN contract c ON c.id = o.contract_id
        CROSS JOIN LATERAL (SELECT * FROM payments_payment WHERE id = o.payment_id LIMIT 1) p
        LEFT JOIN standing s ON s.contract_id = o.contract_id AND s.payment_id = o.payment_id
        LEFT JOIN payments_application a ON a.contract_id = o.contract_id AND a.payment_id = o.payment_id
        LEFT JOIN unnest(p_payment_ids, p_withheld) w(payment_id, withheld) ON w.payment_id = o.payment_id
        WHERE p.state = 'received'
    ), money AS MATERIALIZED (
        SELECT contract_id, payment_id, (sum(offered) OVER w)::bigint - offered AS starts,
               (sum(offered) OVER w)::bigint AS ends
        FROM offer WHERE offered > 0
        WINDOW w AS (PARTITION BY contract_id ORDER BY value_on, payment_id ROWS UNBOUNDED PRECEDING)
    ), due AS MATERIALIZED (
        SELECT i.contract_id, i.id, i.ledger_code, (sum(i.wanted) OVER w)::bigint - i.wanted AS starts,
               (sum(i.wanted) OVER w)::bigint AS ends
        FROM (
            SELECT i.*, i.amount_minor - coalesce((
                SELECT l.amount_minor FROM live l WHERE l.due_item_id = i.id AND l.payment_id IS NULL
            ), 0) AS wanted
            FROM item i
            WHERE i.state NOT IN ('deposit_pending', 'deposit_paid') OR i.kind = 'deposit'
        ) i
        WINDOW w AS (PARTITION BY i.contract_id ORDER BY i.due_on, contracts_kind_rank(i.kind), i.id
                     ROWS UNBOUNDED PRECEDING)
    ), wanted AS MATERIALIZED (
        SELECT m.contract_id, m.payment_id, d.id AS due_item_id, d.ledger_code,
               least(m.ends, d.ends) - greatest(m.starts, d.starts) AS amount_minor,
               greatest(m.starts, d.starts) AS place
        FROM money m JOIN due d ON d.contract_id = m.contract_id AND m.starts < d.ends AND d.starts < m.ends
    ), compared AS MATERIALIZED (
        -- A payment that only gains has the gain added; one that loses anywhere is taken off and laid on anew.
        SELECT contract_id, payment_id, due_item_id, coalesce(w.ledger_code, l.ledger_code) AS ledger_code, w.place,
               coalesce(l.amount_minor, 0) AS old_minor, coalesce(w.amount_minor, 0) AS new_minor,
               bool_or(l.amount_minor IS DISTINCT FROM w.amount_minor) OVER pair AS differs,
               bool_and(coalesce(l.amount_minor, 0) <= coalesce(w.amount_minor, 0)) OVER pair AS gains
        FROM (SELECT * FROM live WHERE payment_id IS NOT NULL) l
        FULL JOIN wanted w USING (contract_id, payment_id, due_item_id)
        WINDOW pair AS (PARTITION BY contract_id, payment_id)
    )
    SELECT array_agg(ROW(contract_id, payment_id, due_item_id, ledger_code, old_minor)::payments_part
                     ORDER BY contract_id, payment_id, due_item_id) FILTER (WHERE differs AND NOT gains AND old_minor > 0),
           array_agg(ROW(contract_id, payment_id, due_item_id, ledger_code,
                         CASE WHEN gains THEN new_minor - old_minor ELSE new_minor END)::payments_part
                     ORDER BY contract_id, place)
               FILTER (WHERE differs AND CASE WHEN gains THEN new_minor > old_minor ELSE new_minor > 0 END)
    INTO v_old, v_new
    FROM compared;
    IF v_old IS NULL AND v_new IS NULL THEN
        RETURN;
    END IF;

    -- An entry that takes the old parts off, then one that lays the new ones on. What a payment lacks for them
    -- comes back from the customer's credit.
    WITH part AS (
        SELECT *, false AS is_new FROM unnest(v_old) UNION ALL SELECT *, true FROM unnest(v_new)
    ), pair AS MATERIALIZED (
        SELECT p.*, row_number() OVER (ORDER BY p.contract_id, p.payment_id) AS pair_no,
               (sum((p.old_minor > 0)::integer + (p.new_minor > 0)::integer) OVER (
                   ORDER BY p.contract_id, p.payment_id ROWS UNBOUNDED PRECEDING))::integer AS last_no,
               greatest(0, p.new_minor - p.old_minor - m.open_minor) AS from_credit,
               m.market, m.currency, m.customer_id, coalesce(m.counts_on, m.value_on) AS value_on, m.version,
               ledger_open_day(m.market, (p_at AT TIME ZONE 'UTC')::date, p_at) AS open_day
        FROM (
            SELECT contract_id, payment_id,
                   coalesce(sum(amount_minor) FILTER (WHERE NOT is_new), 0)::bigint AS old_minor,
                   coalesce(sum(amount_minor) FILTER (WHERE is_new), 0)::bigint AS new_minor
            FROM part GROUP BY 1, 2
        ) p
        CROSS JOIN LATERAL (SELECT * FROM payments_payment WHERE id = p.payment_id LIMIT 1) m
    ), entry AS (
        SELECT last_no - (new_minor > 0)::integer AS entry_no, 'payment.unallocated' AS kind, 'unallocated:' AS prefix,
               pair.* FROM pair WHERE old_minor > 0
        UNION ALL
        SELECT last_no, 'payment.allocated', 'allocated:', pair.* FROM pair WHERE new_minor > 0
    ), leg AS (
        SELECT last_no - (new_minor > 0)::integer AS entry_no, 1 AS side, market, '2010' AS code, currency,
               customer_id AS key_id, -old_minor AS amount_minor
        FROM pair WHERE old_minor > 0
        UNION ALL
        SELECT pair.last_no - (pair.new_minor > 0)::integer, 2, pair.market, o.ledger_code, pair.currency,
               pair.contract_id, sum(o.amount_minor)::bigint
        FROM pair JOIN unnest(v_old) o USING (contract_id, payment_id)
        GROUP BY 1, 3, 4, 5, 6
        UNION ALL
        SELECT last_no, 1, market, '2010', currency, customer_id, new_minor - from_credit FROM pair WHERE new_minor > from_credit
        UNION ALL
        SELECT last_no, 2, market, '2040', currency, customer_id, from_credit FROM pair WHERE from_credit > 0
        UNION ALL
        SELECT pair.last_no, 3, pair.market, n.ledger_code, pair.currency, pair.contract_id, -sum(n.amount_minor)::bigint
        FROM pair JOIN unnest(v_new) n USING (contract_id, payment_id)
        GROUP BY 1, 3, 4, 5, 6
    )
    SELECT (SELECT array_agg(ROW(kind, market, open_day, value_on, 'payment', payment_id,
                                 prefix || payment_id || ':' || version || ':' || contract_id, NULL
                                 )::ledger_entry_draft ORDER BY entry_no) FROM entry),
           (SELECT array_agg(ROW(entry_no, leg_no, market, code, currency, key_id, amount_minor, NULL)::ledger_leg_draft
                             ORDER BY entry_no, leg_no)
            FROM (SELECT *, (row_number() OVER (PARTITION BY entry_no ORDER BY side, code))::integer AS leg_no FROM leg) l),
           array_agg(contract_id ORDER BY pair_no), array_agg(payment_id ORDER BY pair_no),
           array_agg(CASE WHEN old_minor > 0 THEN last_no - (new_minor > 0)::integer END ORDER BY pair_no),
           array_agg(CASE WHEN new_minor > 0 THEN last_no END ORDER BY pair_no),
           array_agg(old_minor ORDER BY pair_no), array_agg(new_minor ORDER BY pair_no),
           array_agg(from_credit ORDER BY pair_no)
    INTO v_entries, v_legs, v_contract_ids, v_changed_ids, v_taken_no, v_applied_no, v_old_minor, v_new_minor, v_from_credit
    FROM pair;
    v_entry_ids := ledger_post(v_entries, v_legs, p_actor, p_at);

    WITH pair AS MATERIALIZED (
        SELECT * FROM unnest(v_contract_ids, v_changed_ids, v_taken_no, v_applied_no, v_old_minor, v_new_minor)
            p(contract_id, payment_id, taken_no, applied_no, old_minor, new_minor)
    ), event AS (
        INSERT INTO contracts_creditevent (contract_id, kind, amount_minor, value_on, at, cause_kind, cause_id, entry_id)
        SELECT p.contract_id, e.kind, e.amount_minor, m.value_on, p_at, 'payment', p.payment_id, v_entry_ids[e.entry_no]
        FROM pair p
        CROSS JOIN LATERAL (
            SELECT coalesce(counts_on, value_on) AS value_on FROM payments_payment WHERE id = p.payment_id LIMIT 1
        ) m
        CROSS JOIN LATERAL (VALUES ('payment_undone', -p.old_minor, p.taken_no), ('payment', p.new_minor, p.applied_no))
            e(kind, amount_minor, entry_no)
        WHERE e.amount_minor <> 0
    ), taken AS (
        INSERT INTO payments_allocation (payment_id, due_item_id, amount_minor, entry_id, at, actor, reverses_id)
        SELECT p.payment_id, a.due_item_id, -a.amount_minor, v_entry_ids[p.taken_no], p_at, p_actor, a.id
        FROM pair p CROSS JOIN LATERAL (
            SELECT a.* FROM payments_allocation a JOIN contracts_dueitem i ON i.id = a.due_item_id
            WHERE a.payment_id = p.payment_id AND i.contract_id = p.contract_id AND a.reverses_id IS NULL
              AND NOT EXISTS (SELECT FROM payments_allocation r WHERE r.reverses_id = a.id)
            OFFSET 0
        ) a
        WHERE p.old_minor > 0
    )
    INSERT INTO payments_allocation (payment_id, due_item_id, amount_minor, entry_id, at, actor)
    SELECT n.payment_id, n.due_item_id, n.amount_minor, v_entry_ids[p.applied_no], p_at, p_actor
    FROM unnest(v_new) WITH ORDINALITY n JOIN pair p USING (contract_id, payment_id)
    ORDER BY n.ordinality;

    UPDATE contracts_dueitem i SET allocated_minor = i.allocated_minor + d.amount_minor
    FROM (
        SELECT due_item_id, sum(amount_minor)::bigint AS amount_minor FROM (
            SELECT due_item_id, -amount_minor AS amount_minor FROM unnest(v_old)
            UNION ALL SELECT due_item_id, amount_minor FROM unnest(v_new)
        ) d GROUP BY 1 HAVING sum(amount_minor) <> 0
    ) d
    WHERE i.id = d.due_item_id;
    UPDATE payments_payment p
    SET allocated_minor = p.allocated_minor + d.change, credited_minor = p.credited_minor - d.from_credit,
        version = p.version + 1
    FROM (
        SELECT payment_id, sum(new_minor - old_minor)::bigint AS change, sum(from_credit)::bigint AS from_credit
        FROM unnest(v_changed_ids, v_old_minor, v_new_minor, v_from_credit) d(payment_id, old_minor, new_minor, from_credit)
        GROUP BY 1
    ) d
    WHERE p.id = d.payment_id;
    PERFORM payments_settle_contracts(p_contract_ids, p_actor, p_at);
END $$;

-- A contract is completed, or open again, as what is open of its due items says; what its customer has left when
-- nothing takes money any more becomes the customer's credit.
CREATE FUNCTION payments_settle_contracts(p_contract_ids bigint[], p_actor text, p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_customer_ids bigint[];
BEGIN
    WITH standing AS (
        SELECT c.id, d.open_minor = 0 AS is_paid, d.open_deposit = 0 AS deposit_paid
        FROM unnest(p_contract_ids) n(id)
        CROSS JOIN LATERAL (SELECT id FROM contracts_contract WHERE id = n.id LIMIT 1) c
        CROSS JOIN LATERAL (
            SELECT sum(amount_minor - allocated_minor) AS open_minor,
                   coalesce(sum(amount_minor - allocated_minor) FILTER (WHERE kind = 'deposit'), 0) AS open_deposit
            FROM contracts_dueitem WHERE contract_id = c.id
        ) d
    )
    UPDATE contracts_contract c
    SET version = c.version + 1,
        state = CASE WHEN c.state = 'active' THEN 'completed' WHEN c.state = 'completed' THEN 'active'
                     WHEN c.state = 'deposit_pending' THEN 'deposit_paid' ELSE 'deposit_pending' END
    FROM standing s
    WHERE c.id = s.id AND (
        (c.state = 'active' AND s.is_paid) OR (c.state = 'completed' AND NOT s.is_paid)
        OR (c.state = 'deposit_pending' AND s.deposit_paid AND c.deposit_minor > 0)
        OR (c.state = 'deposit_paid' AND NOT s.deposit_paid)
    );
    SELECT array_agg(DISTINCT customer_id) INTO v_customer_ids
    FROM contracts_contract WHERE id = ANY (p_contract_ids) AND state = 'completed';
    IF v_customer_ids IS NOT NULL THEN
        PERFORM payments_credit_leftover(v_customer_ids, p_actor, p_at);
    END IF;
END $$;

-- Money that customers without an open contract have left becomes their credit (2040).
CREATE FUNCTION payments_credit_leftover(p_customer_ids bigint[], p_actor text, p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_ids bigint[];
    v_entries ledger_entry_draft[];
    v_legs ledger_leg_draft[];
BEGIN
    WITH left_over AS MATERIALIZED (
        SELECT p.*, (row_number() OVER (ORDER BY p.id))::integer AS entry_no
        FROM unnest(p_customer_ids) u(id)
        CROSS JOIN LATERAL (
            SELECT * FROM payments_payment
            WHERE customer_id = u.id AND open_minor > 0 AND state = 'received' ORDER BY id FOR UPDATE
        ) p
        WHERE NOT EXISTS (SELECT FROM contracts_contract c WHERE c.customer_id = u.id AND contracts_is_open(c.state))
    )
    SELECT array_agg(id ORDER BY entry_no),
           array_agg(ROW('payment.credited', market, ledger_open_day(market, (p_at AT TIME ZONE 'UTC')::date, p_at),
                         value_on, 'payment', id, 'credited:' || id || ':' || version, NULL)::ledger_entry_draft
                     ORDER BY entry_no),
           (SELECT array_agg(ROW(entry_no, leg_no, market, code, currency, customer_id, amount, NULL)::ledger_leg_draft
                             ORDER BY entry_no, leg_no)
            FROM left_over CROSS JOIN LATERAL (VALUES (1, '2010', open_minor), (2, '2040', -open_minor)) l(leg_no, code, amount))
    INTO v_ids, v_entries, v_legs
    FROM left_over;
    IF v_ids IS NULL THEN
        RETURN;
    END IF;
    PERFORM ledger_post(v_entries, v_legs, p_actor, p_at);
    UPDATE payments_payment SET credited_minor = credited_minor + open_minor, version = version + 1
    WHERE id = ANY (v_ids);
END $$;

-- Replay contracts. Those that share a payment with one before them come one after the other, so that no unit is
-- given twice.
CREATE FUNCTION payments_replay(
    p_contract_ids bigint[], p_payment_ids bigint[], p_withheld bigint[], p_actor text, p_at timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_shared bigint[];
    v_contract_id bigint;
    v_apart bigint[];
BEGIN
    PERFORM set_config('plan_cache_mode',
        CASE WHEN cardinality(p_contract_ids) > 250 THEN 'force_custom_plan' ELSE 'force_generic_plan' END, true);
    IF cardinality(p_contract_ids) > 1 THEN
        SELECT array_agg(DISTINCT o.contract_id) INTO v_shared
        FROM (SELECT contract_id, min(contract_id) OVER (PARTITION BY payment_id) AS first_id
              FROM payments_offering_to(p_contract_ids)) o
        WHERE o.contract_id <> o.first_id;
    END IF;
    v_apart := ARRAY(SELECT DISTINCT id FROM unnest(p_contract_ids) id WHERE id <> ALL (coalesce(v_shared, '{}')) ORDER BY 1);
    IF cardinality(v_apart) > 0 THEN
        PERFORM payments_replay_apart(v_apart, p_payment_ids, p_withheld, p_actor, p_at);
    END IF;
    FOR v_contract_id IN SELECT unnest(v_shared) ORDER BY 1 LOOP
        PERFORM payments_replay_apart(ARRAY[v_contract_id], p_payment_ids, p_withheld, p_actor, p_at);
    END LOOP;
END $$;
