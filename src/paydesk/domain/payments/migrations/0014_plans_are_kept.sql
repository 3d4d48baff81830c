-- Functions in SQL are planned anew at every call, which cost a single payment 5 ms; those in plpgsql keep their plans.

-- Count final rows per account, day and kind, and per batch; rows per hour, whatever their status. `p_sign` -1 takes
-- them out again. Others count the same account: last in a transaction, in one order.
CREATE OR REPLACE FUNCTION payments_count_rows(p_line_ids bigint[], p_sign integer) RETURNS void LANGUAGE plpgsql AS $$
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

-- The payments of these lines whose payer is unknown. LATERAL with LIMIT: look-ups by index, whatever the statistics say
-- in the middle of an import.
CREATE FUNCTION payments_suspense_of(p_line_ids bigint[]) RETURNS TABLE (market text, payment_id bigint) LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT p.market::text, p.id FROM unnest(p_line_ids) line(id) CROSS JOIN LATERAL (
        SELECT f.id, f.market, f.customer_id FROM payments_payment f WHERE f.statement_line_id = line.id LIMIT 1
    ) p
    WHERE p.customer_id IS NULL;
END $$;
