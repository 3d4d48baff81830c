-- Of a payer nobody knows the phone says whether it is the same one, or the name as sent. Two unknown payments are
-- looked up by amount and day, which an index has; of a known customer as before.
CREATE OR REPLACE FUNCTION payments_notice_doubles(p_after bigint, p_through bigint) RETURNS void LANGUAGE sql AS $$
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
