-- What a provider took back without naming a payment of ours stands as recoverable (1310). A person says which payment
-- it was: then it is as if the row had named it. The caller holds the row and has checked amount, account and state.

CREATE FUNCTION payments_give_original(p_row_id bigint, p_payment_id bigint, p_actor text, p_at timestamptz) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    v_row payments_reversalrow;
    v_again boolean;
    v_state text;
BEGIN
    SELECT * INTO STRICT v_row FROM payments_reversalrow WHERE id = p_row_id AND state = 'open' FOR UPDATE;
    -- Taken apart once, its first entry stands in the journal for good: then the payment is taken back as by hand, and
    -- the row confirms it.
    v_again := EXISTS (SELECT FROM ledger_entry WHERE idempotency_key = 'reversed:line:' || v_row.statement_line_id);
    SELECT CASE WHEN v_row.amount_minor <= p.reversed_minor - proven.amount_minor THEN 'confirmed' ELSE 'matched' END
    INTO STRICT v_state
    FROM payments_payment p CROSS JOIN LATERAL (
        SELECT coalesce(sum(amount_minor), 0)::bigint AS amount_minor FROM payments_reversalrow
        WHERE payment_id = p.id AND state IN ('matched', 'confirmed')
    ) proven
    WHERE p.id = p_payment_id;
    UPDATE payments_reversalrow
    SET state = CASE WHEN v_again THEN 'confirmed' ELSE v_state END, payment_id = p_payment_id, reason = 'by_hand', at = p_at
    WHERE id = p_row_id;
    IF v_state = 'matched' AND payments_take_back(
        ARRAY[p_payment_id], ARRAY[v_row.amount_minor], ARRAY[CASE WHEN NOT v_again THEN v_row.statement_line_id END],
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
    RETURN CASE WHEN v_again THEN 'confirmed' ELSE v_state END;
END $$;

-- Take apart what a person matched: the payment has its money again, the row stands as recoverable, and nothing finds
-- its payment by itself any more.
CREATE FUNCTION payments_take_original_off(p_row_id bigint, p_actor text, p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_row payments_reversalrow;
    v_account providers_sourceaccount;
    v_value_on date;
BEGIN
    SELECT * INTO STRICT v_row FROM payments_reversalrow WHERE id = p_row_id AND state = 'matched' FOR UPDATE;
    SELECT * INTO STRICT v_account FROM providers_sourceaccount WHERE id = v_row.source_account_id;
    SELECT value_on INTO v_value_on FROM statements_statementline WHERE id = v_row.statement_line_id;
    PERFORM payments_untake(ARRAY[p_row_id], p_actor, p_at);
    UPDATE payments_reversalrow SET state = 'open', reason = 'taken_apart', keys = '{}', at = p_at WHERE id = p_row_id;
    PERFORM ledger_post(
        ARRAY[ROW('provider.reversal', v_row.market, ledger_open_day(v_row.market, (p_at AT TIME ZONE 'UTC')::date, p_at),
                  v_value_on, 'line', v_row.statement_line_id,
                  'row:' || v_row.statement_line_id || ':apart', NULL)::ledger_entry_draft],
        ARRAY[
            ROW(1, 1, v_row.market, '1310', v_row.currency, 0, v_row.amount_minor, v_row.statement_line_id),
            ROW(1, 2, v_row.market, v_account.ledger_code, v_row.currency, v_account.id, -v_row.amount_minor,
                v_row.statement_line_id)
        ]::ledger_leg_draft[], p_actor, p_at);
END $$;

-- The two ends of our own money on its way, as a person says: an arrival, and the row by which it left or the batch of
-- the provider it settles (then p_out_id is NULL).
CREATE FUNCTION payments_join_transit(p_in_id bigint, p_out_id bigint, p_batch_id bigint, p_actor text, p_at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_in payments_transitrow;
    v_out payments_transitrow;
    v_account bigint;
    v_code text := '1025';
BEGIN
    SELECT * INTO STRICT v_in FROM payments_transitrow WHERE id = p_in_id AND state = 'open' FOR UPDATE;
    IF p_out_id IS NOT NULL THEN
        SELECT * INTO STRICT v_out FROM payments_transitrow
        WHERE id = p_out_id AND state = 'open' AND amount_minor = -v_in.amount_minor FOR UPDATE;
        v_account := v_out.source_account_id;
    ELSE
        SELECT source_account_id INTO STRICT v_account FROM payments_settlementbatch WHERE id = p_batch_id;
        v_code := '1020';
    END IF;
    PERFORM ledger_post(
        ARRAY[ROW('provider.swept', v_in.market, ledger_open_day(v_in.market, v_in.booked_on, p_at), v_in.booked_on, 'line',
                  v_in.statement_line_id, 'swept:' || v_in.statement_line_id || ':'
                  || coalesce(v_out.statement_line_id::text, 'b' || p_batch_id), NULL)::ledger_entry_draft],
        ARRAY[
            ROW(1, 1, v_in.market, '1025', v_in.currency, v_in.source_account_id, v_in.amount_minor, v_in.statement_line_id),
            ROW(1, 2, v_in.market, v_code, v_in.currency, v_account, -v_in.amount_minor,
                coalesce(v_out.statement_line_id, v_in.statement_line_id))
        ]::ledger_leg_draft[], p_actor, p_at);
    UPDATE payments_transitrow SET state = 'matched', partner_id = p_out_id, batch_id = p_batch_id, found_by = 'hand', at = p_at
    WHERE id = p_in_id;
    UPDATE payments_transitrow SET state = 'matched', partner_id = p_in_id, found_by = 'hand', at = p_at WHERE id = p_out_id;
END $$;
