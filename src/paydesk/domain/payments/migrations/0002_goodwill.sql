-- What goodwill pays of due items, and its undoing.

-- Goodwill: Dr 5070 / Cr 2010, then Dr 2010 / Cr 1100, 1110 for the due items it pays, or Dr 2010 / Cr 2040 where there is
-- no contract. Two entries, so that 2010 is as it was. Returns the minor units given: 0 where an item is not open by as
-- much any more, or the goodwill was given before.
CREATE FUNCTION payments_give_goodwill(
    p_goodwill_id bigint, p_market text, p_customer_id bigint, p_contract_id bigint, p_currency text, p_amount bigint,
    p_due_item_ids bigint[], p_amounts bigint[], p_actor text, p_at timestamptz
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_day date := (p_at AT TIME ZONE 'UTC')::date;
    v_booked date;
    v_entry_ids bigint[];
    v_legs ledger_leg_draft[];
BEGIN
    PERFORM payments_lock(CASE WHEN p_contract_id IS NULL THEN '{}' ELSE ARRAY[p_contract_id] END, '{}', ARRAY[p_customer_id]);
    IF EXISTS (SELECT FROM ledger_entry WHERE idempotency_key = 'goodwill:' || p_goodwill_id) THEN
        RETURN 0;
    END IF;
    IF p_contract_id IS NULL THEN
        v_legs := ARRAY[ROW(2, 2, p_market, '2040', p_currency, p_customer_id, -p_amount, NULL)::ledger_leg_draft];
    ELSE
        SELECT array_agg(ROW(2, (l.leg_no + 1)::integer, p_market, l.code, p_currency, p_contract_id, -l.amount, NULL
                             )::ledger_leg_draft ORDER BY l.leg_no)
        INTO v_legs
        FROM (
            SELECT row_number() OVER (ORDER BY code) AS leg_no, code, sum(amount)::bigint AS amount FROM (
                SELECT CASE WHEN i.kind IN ('fee', 'penalty') THEN '1110' ELSE '1100' END AS code, w.amount
                FROM unnest(p_due_item_ids, p_amounts) w(due_item_id, amount)
                JOIN contracts_dueitem i ON i.id = w.due_item_id AND i.contract_id = p_contract_id
                    AND i.amount_minor - i.allocated_minor >= w.amount AND w.amount > 0
                JOIN contracts_contract c ON c.id = i.contract_id AND c.state IN ('active', 'defaulted')
                    AND c.customer_id = p_customer_id AND c.currency = p_currency
            ) part GROUP BY code
        ) l;
        IF coalesce((SELECT -sum((l).amount_minor) FROM unnest(v_legs) l), 0) <> p_amount THEN
            RETURN 0;
        END IF;
    END IF;
    v_booked := ledger_open_day(p_market, v_day, p_at);
    v_entry_ids := ledger_post(
        ARRAY[ROW('goodwill.given', p_market, v_booked, v_day, 'goodwill', p_goodwill_id, 'goodwill:' || p_goodwill_id, NULL
                  )::ledger_entry_draft,
              ROW('goodwill.applied', p_market, v_booked, v_day, 'goodwill', p_goodwill_id,
                  'goodwill_applied:' || p_goodwill_id, NULL)::ledger_entry_draft],
        ARRAY[ROW(1, 1, p_market, '5070', p_currency, 0, p_amount, NULL)::ledger_leg_draft,
              ROW(1, 2, p_market, '2010', p_currency, p_customer_id, -p_amount, NULL)::ledger_leg_draft,
              ROW(2, 1, p_market, '2010', p_currency, p_customer_id, p_amount, NULL)::ledger_leg_draft] || v_legs,
        p_actor, p_at);
    IF p_contract_id IS NOT NULL THEN
        INSERT INTO payments_allocation (payment_id, due_item_id, amount_minor, entry_id, at, actor, goodwill_id)
        SELECT NULL, w.id, w.amount, v_entry_ids[2], p_at, p_actor, p_goodwill_id
        FROM unnest(p_due_item_ids, p_amounts) w(id, amount);
        INSERT INTO contracts_creditevent (contract_id, kind, amount_minor, value_on, at, cause_kind, cause_id, entry_id)
        VALUES (p_contract_id, 'goodwill', p_amount, v_day, p_at, 'goodwill', p_goodwill_id, v_entry_ids[2]);
        UPDATE contracts_dueitem i SET allocated_minor = i.allocated_minor + w.amount
        FROM unnest(p_due_item_ids, p_amounts) w(id, amount) WHERE i.id = w.id;
        PERFORM payments_settle_contracts(ARRAY[p_contract_id], p_actor, p_at);
        PERFORM payments_credit_leftover(ARRAY[p_customer_id], p_actor, p_at);
    END IF;
    RETURN p_amount;
END $$;

-- Goodwill undone, by the entries that undo its two: the due items are open by it again, and money of the customer that
-- waits takes the place. Returns the minor units, 0 where it was undone or never given.
CREATE FUNCTION payments_undo_goodwill(p_goodwill_id bigint, p_actor text, p_at timestamptz) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_given ledger_entry;
    v_applied ledger_entry;
    v_customer_id bigint;
    v_contract_id bigint;
    v_amount bigint;
    v_day date := (p_at AT TIME ZONE 'UTC')::date;
    v_booked date;
    v_entry_ids bigint[];
BEGIN
    SELECT * INTO v_given FROM ledger_entry WHERE idempotency_key = 'goodwill:' || p_goodwill_id;
    SELECT * INTO v_applied FROM ledger_entry WHERE idempotency_key = 'goodwill_applied:' || p_goodwill_id;
    SELECT a.key_id, -x.amount_minor INTO v_customer_id, v_amount
    FROM ledger_posting x JOIN ledger_account a ON a.id = x.account_id AND a.code = '2010' WHERE x.entry_id = v_given.id;
    SELECT DISTINCT i.contract_id INTO v_contract_id
    FROM payments_allocation l JOIN contracts_dueitem i ON i.id = l.due_item_id
    WHERE l.goodwill_id = p_goodwill_id AND l.entry_id = v_applied.id;
    IF v_amount IS NULL THEN
        RETURN 0;
    END IF;
    PERFORM payments_lock(CASE WHEN v_contract_id IS NULL THEN '{}' ELSE ARRAY[v_contract_id] END, '{}', ARRAY[v_customer_id]);
    IF EXISTS (SELECT FROM ledger_entry WHERE idempotency_key = 'goodwill_undone:' || p_goodwill_id)
       OR (v_contract_id IS NOT NULL
           AND NOT EXISTS (SELECT FROM contracts_contract WHERE id = v_contract_id
                           AND state IN ('active', 'defaulted', 'completed'))) THEN
        RETURN 0;
    END IF;
    v_booked := ledger_open_day(v_given.market, v_day, p_at);
    v_entry_ids := ledger_post(
        ARRAY[ROW('goodwill.taken_off', v_given.market, v_booked, v_day, 'goodwill', p_goodwill_id,
                  'goodwill_taken_off:' || p_goodwill_id, v_applied.id)::ledger_entry_draft,
              ROW('goodwill.undone', v_given.market, v_booked, v_day, 'goodwill', p_goodwill_id,
                  'goodwill_undone:' || p_goodwill_id, v_given.id)::ledger_entry_draft],
        (SELECT array_agg(ROW(e.entry_no, x.leg_no, v_given.market, a.code, x.currency, a.key_id, -x.amount_minor, NULL
                              )::ledger_leg_draft ORDER BY e.entry_no, x.leg_no)
         FROM (VALUES (1, v_applied.id), (2, v_given.id)) e(entry_no, id)
         JOIN ledger_posting x ON x.entry_id = e.id JOIN ledger_account a ON a.id = x.account_id),
        p_actor, p_at);
    IF v_contract_id IS NOT NULL THEN
        UPDATE contracts_dueitem i SET allocated_minor = i.allocated_minor - l.amount_minor
        FROM payments_allocation l
        WHERE l.goodwill_id = p_goodwill_id AND l.entry_id = v_applied.id AND i.id = l.due_item_id;
        INSERT INTO payments_allocation (payment_id, due_item_id, amount_minor, entry_id, at, actor, reverses_id, goodwill_id)
        SELECT NULL, due_item_id, -amount_minor, v_entry_ids[1], p_at, p_actor, id, p_goodwill_id
        FROM payments_allocation WHERE goodwill_id = p_goodwill_id AND entry_id = v_applied.id;
        INSERT INTO contracts_creditevent (contract_id, kind, amount_minor, value_on, at, cause_kind, cause_id, entry_id)
        VALUES (v_contract_id, 'goodwill', -v_amount, v_day, p_at, 'goodwill', p_goodwill_id, v_entry_ids[1]);
        PERFORM payments_settle_contracts(ARRAY[v_contract_id], p_actor, p_at);
        PERFORM payments_replay(ARRAY[v_contract_id], '{}', '{}', p_actor, p_at);
        PERFORM payments_credit_leftover(ARRAY[v_customer_id], p_actor, p_at);
    END IF;
    RETURN v_amount;
END $$;
