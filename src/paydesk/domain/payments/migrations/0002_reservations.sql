-- Money of a payment that is asked back: reserved (nobody applies it any more), paid out, or let go again.

-- Reserve: as much as needed comes off the contracts (days that were bought with it are given up) and out of the
-- customer's credit. Returns how much was reserved: all of it or nothing.
CREATE FUNCTION payments_reserve(p_payment_id bigint, p_amount bigint, p_actor text, p_at timestamptz) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_was payments_payment;
    v_from_credit bigint;
BEGIN
    PERFORM payments_lock(payments_contracts_of(ARRAY[p_payment_id]), ARRAY[p_payment_id], '{}');
    SELECT * INTO v_was FROM payments_payment WHERE id = p_payment_id;
    IF v_was.state <> 'received' OR p_amount <= 0
       OR v_was.open_minor + v_was.credited_minor + v_was.allocated_minor < p_amount THEN
        RETURN 0;
    END IF;
    IF v_was.open_minor < p_amount AND v_was.allocated_minor > 0 THEN
        PERFORM payments_replay(payments_contracts_of(ARRAY[p_payment_id]), ARRAY[p_payment_id], ARRAY[p_amount], p_actor, p_at);
        SELECT * INTO v_was FROM payments_payment WHERE id = p_payment_id;
    END IF;
    v_from_credit := greatest(0, p_amount - v_was.open_minor);
    IF v_from_credit > 0 THEN
        PERFORM ledger_post(
            ARRAY[ROW('payment.credit_returned', v_was.market, ledger_open_day(v_was.market, (p_at AT TIME ZONE 'UTC')::date, p_at),
                      v_was.value_on, 'payment', v_was.id, 'credit_returned:' || v_was.id || ':' || v_was.version, NULL
                      )::ledger_entry_draft],
            ARRAY[ROW(1, 1, v_was.market, '2040', v_was.currency, v_was.customer_id, v_from_credit, NULL)::ledger_leg_draft,
                  ROW(1, 2, v_was.market, '2010', v_was.currency, v_was.customer_id, -v_from_credit, NULL)::ledger_leg_draft],
            p_actor, p_at);
    END IF;
    UPDATE payments_payment
    SET credited_minor = credited_minor - v_from_credit, reserved_minor = reserved_minor + p_amount, version = version + 1
    WHERE id = p_payment_id;
    RETURN p_amount;
END $$;

-- Let reserved money go: it makes good what a provider took back meanwhile (1310), the rest is open again, and the
-- contracts it was meant for take it.
CREATE FUNCTION payments_let_go(p_payment_id bigint, p_amount bigint, p_actor text, p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_was payments_payment;
    v_made_good bigint;
BEGIN
    PERFORM payments_lock(payments_contracts_of(ARRAY[p_payment_id]), ARRAY[p_payment_id], '{}');
    SELECT * INTO v_was FROM payments_payment WHERE id = p_payment_id;
    v_made_good := least(p_amount, v_was.shortfall_minor);
    IF v_made_good > 0 THEN
        PERFORM ledger_post(
            ARRAY[ROW('payment.shortfall_made_good', v_was.market,
                      ledger_open_day(v_was.market, (p_at AT TIME ZONE 'UTC')::date, p_at), v_was.value_on, 'payment', v_was.id,
                      'made_good:' || v_was.id || ':' || v_was.version, NULL)::ledger_entry_draft],
            ARRAY[ROW(1, 1, v_was.market, CASE WHEN v_was.customer_id IS NULL THEN '2020' ELSE '2010' END, v_was.currency,
                      coalesce(v_was.customer_id, v_was.source_account_id), v_made_good,
                      CASE WHEN v_was.customer_id IS NULL THEN v_was.statement_line_id END)::ledger_leg_draft,
                  ROW(1, 2, v_was.market, '1310', v_was.currency, coalesce(v_was.customer_id, 0), -v_made_good,
                      CASE WHEN v_was.customer_id IS NULL THEN v_was.statement_line_id END)::ledger_leg_draft],
            p_actor, p_at);
    END IF;
    UPDATE payments_payment
    SET reserved_minor = reserved_minor - p_amount, shortfall_minor = shortfall_minor - v_made_good, version = version + 1
    WHERE id = p_payment_id;
    PERFORM payments_replay(payments_contracts_of(ARRAY[p_payment_id]), '{}', '{}', p_actor, p_at);
    IF v_was.customer_id IS NOT NULL THEN
        PERFORM payments_credit_leftover(ARRAY[v_was.customer_id], p_actor, p_at);
    END IF;
END $$;

-- Reserved money is owed to the payer now (2050), or, with a negative amount, is not any more and open again.
CREATE FUNCTION payments_owe_back(p_payment_id bigint, p_amount bigint, p_refund_id bigint, p_key text, p_actor text, p_at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_was payments_payment;
    v_code text;
    v_key_id bigint;
    v_detail_id bigint;
BEGIN
    PERFORM payments_lock(payments_contracts_of(ARRAY[p_payment_id]), ARRAY[p_payment_id], '{}');
    SELECT * INTO v_was FROM payments_payment WHERE id = p_payment_id;
    v_code := CASE WHEN v_was.customer_id IS NULL THEN '2020' ELSE '2010' END;
    v_key_id := coalesce(v_was.customer_id, v_was.source_account_id);
    v_detail_id := CASE WHEN v_was.customer_id IS NULL THEN v_was.statement_line_id END;
    PERFORM ledger_post(
        ARRAY[ROW(CASE WHEN p_amount > 0 THEN 'refund.approved' ELSE 'refund.cancelled' END, v_was.market,
                  ledger_open_day(v_was.market, (p_at AT TIME ZONE 'UTC')::date, p_at), (p_at AT TIME ZONE 'UTC')::date,
                  'refund', p_refund_id, p_key, NULL)::ledger_entry_draft],
        ARRAY[ROW(1, 1, v_was.market, v_code, v_was.currency, v_key_id, p_amount, v_detail_id)::ledger_leg_draft,
              ROW(1, 2, v_was.market, '2050', v_was.currency, p_refund_id, -p_amount, NULL)::ledger_leg_draft],
        p_actor, p_at);
    UPDATE payments_payment
    SET reserved_minor = reserved_minor - p_amount, refunded_minor = refunded_minor + p_amount, version = version + 1
    WHERE id = p_payment_id;
END $$;
