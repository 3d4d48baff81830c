-- What we took back ourselves stands again: the counter-posting of that reversal, linked to it. What was recoverable for
-- it is made good, the rest is with its payer, and the contracts it was meant for take it.
CREATE FUNCTION payments_reinstate(p_payment_id bigint, p_entry_id bigint, p_actor text, p_at timestamptz) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_was payments_payment;
    v_code text;
    v_taken bigint;
    v_short bigint;
    v_short_key bigint;
    v_short_detail bigint;
    v_contract_ids bigint[] := payments_contracts_of(ARRAY[p_payment_id]);
BEGIN
    PERFORM payments_lock(v_contract_ids, ARRAY[p_payment_id], '{}');
    SELECT * INTO v_was FROM payments_payment WHERE id = p_payment_id;
    SELECT ledger_code INTO v_code FROM providers_sourceaccount WHERE id = v_was.source_account_id;
    SELECT -sum(x.amount_minor) FILTER (WHERE a.code = v_code),
           coalesce(sum(x.amount_minor) FILTER (WHERE a.code = '1310'), 0),
           max(a.key_id) FILTER (WHERE a.code = '1310'), max(x.detail_id) FILTER (WHERE a.code = '1310')
    INTO v_taken, v_short, v_short_key, v_short_detail
    FROM ledger_posting x JOIN ledger_account a ON a.id = x.account_id WHERE x.entry_id = p_entry_id;
    IF v_taken IS NULL OR v_taken > v_was.reversed_minor OR v_short > v_was.shortfall_minor
       OR EXISTS (SELECT FROM ledger_entry WHERE idempotency_key = 'reinstated:' || p_entry_id) THEN
        RETURN 0;
    END IF;
    PERFORM ledger_post(
        ARRAY[ROW('payment.reinstated', v_was.market,
                  ledger_open_day(v_was.market, (p_at AT TIME ZONE 'UTC')::date, p_at), (p_at AT TIME ZONE 'UTC')::date,
                  'payment', p_payment_id, 'reinstated:' || p_entry_id, p_entry_id)::ledger_entry_draft],
        (SELECT array_agg(ROW(1, leg_no, v_was.market, code, v_was.currency, key_id, amount, detail_id)::ledger_leg_draft
                          ORDER BY leg_no)
         FROM (
             SELECT (row_number() OVER (ORDER BY side))::integer AS leg_no, l.* FROM (VALUES
                 (1, v_code, v_was.source_account_id, v_taken, NULL::bigint),
                 (2, '1310', v_short_key, -v_short, v_short_detail),
                 (3, CASE WHEN v_was.customer_id IS NULL THEN '2020' ELSE '2010' END,
                  coalesce(v_was.customer_id, v_was.source_account_id), v_short - v_taken,
                  CASE WHEN v_was.customer_id IS NULL THEN v_was.statement_line_id END)
             ) l(side, code, key_id, amount, detail_id) WHERE l.amount <> 0
         ) l),
        p_actor, p_at);
    UPDATE payments_payment
    SET reversed_minor = reversed_minor - v_taken, shortfall_minor = shortfall_minor - v_short, state = 'received',
        version = version + 1
    WHERE id = p_payment_id;
    PERFORM payments_replay(v_contract_ids, '{}', '{}', p_actor, p_at);
    IF v_was.customer_id IS NOT NULL THEN
        PERFORM payments_credit_leftover(ARRAY[v_was.customer_id], p_actor, p_at);
    END IF;
    RETURN v_taken;
END $$;
