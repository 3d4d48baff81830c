-- Our own money on its way from a provider to the bank or between accounts: two rows, one amount.

-- Find the two ends of money in transit: by an id both rows name and the amount; by the batch whose settlement the bank
-- names; else by amount alone within days, where no other row could be meant on either side. What a person took apart
-- is left to people.
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
          AND found_by <> 'taken_apart'
        ORDER BY booked_on, id FOR UPDATE
    LOOP
        v_how := 'reference';
        v_batches := NULL;
        SELECT array_agg(id) INTO v_ids FROM payments_transitrow
        WHERE market = v_in.market AND currency = v_in.currency AND amount_minor = -v_in.amount_minor AND state = 'open'
          AND source_account_id <> v_in.source_account_id AND keys && v_in.keys AND found_by <> 'taken_apart';
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
              AND o.state = 'open' AND o.source_account_id <> v_in.source_account_id AND o.found_by <> 'taken_apart'
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

-- The two ends of our own money on its way, as a person says: an arrival, and the row by which it left or the batch of
-- the provider it settles (then p_out_id is NULL).
CREATE FUNCTION payments_join_transit(p_in_id bigint, p_out_id bigint, p_batch_id bigint, p_actor text, p_at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_in payments_transitrow;
    v_out payments_transitrow;
    v_account bigint;
    v_code text := '1025';
    v_before integer;
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
    SELECT count(*) INTO v_before FROM ledger_entry WHERE cause_kind = 'line' AND cause_id = v_in.statement_line_id
      AND kind = 'provider.swept' AND reverses_id IS NULL;
    PERFORM ledger_post(
        ARRAY[ROW('provider.swept', v_in.market, ledger_open_day(v_in.market, v_in.booked_on, p_at), v_in.booked_on, 'line',
                  v_in.statement_line_id, 'swept:' || v_in.statement_line_id || ':'
                  || coalesce(v_out.statement_line_id::text, 'b' || p_batch_id)
                  || CASE WHEN v_before > 0 THEN ':' || v_before ELSE '' END, NULL)::ledger_entry_draft],
        ARRAY[
            ROW(1, 1, v_in.market, '1025', v_in.currency, v_in.source_account_id, v_in.amount_minor, v_in.statement_line_id),
            ROW(1, 2, v_in.market, v_code, v_in.currency, v_account, -v_in.amount_minor,
                coalesce(v_out.statement_line_id, v_in.statement_line_id))
        ]::ledger_leg_draft[], p_actor, p_at);
    UPDATE payments_transitrow SET state = 'matched', partner_id = p_out_id, batch_id = p_batch_id, found_by = 'hand', at = p_at
    WHERE id = p_in_id;
    UPDATE payments_transitrow SET state = 'matched', partner_id = p_in_id, found_by = 'hand', at = p_at WHERE id = p_out_id;
END $$;

-- Take apart what a person joined, or what was found by its amount alone: both ends are open again, and nothing finds
-- them by itself any more.
CREATE FUNCTION payments_part_transit(p_in_id bigint, p_actor text, p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM payments_undo_entries(ARRAY(
        SELECT e.id FROM payments_transitrow t
        JOIN ledger_entry e ON e.cause_kind = 'line' AND e.cause_id = t.statement_line_id AND e.kind = 'provider.swept'
          AND e.reverses_id IS NULL
        WHERE t.id = p_in_id AND t.state = 'matched'
    ), 'provider.swept_apart', p_actor, p_at);
    UPDATE payments_transitrow SET state = 'open', partner_id = NULL, batch_id = NULL, found_by = 'taken_apart', at = p_at
    WHERE p_in_id IN (id, partner_id) AND state = 'matched';
END $$;
