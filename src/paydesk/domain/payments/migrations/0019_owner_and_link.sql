-- Statement lines become payments: only final, successful payment rows of an account that originates payments, in
-- that account's currency and in whole minor units. Lines that are payments already are passed over. Whose a payment
-- is, strongest evidence first: the account number as typed, a reference of ours in the text, the payer's phone
-- number, a phone that has paid for one open contract alone (a link, see 0011: with two confirmations or more); only the
-- strongest kind that claims counts. But a phone's owner who has such a link to the contract of somebody else pays for
-- two: both claims are shown to a person. Returns how many payments were received.
CREATE OR REPLACE FUNCTION payments_receive(p_line_ids bigint[], p_actor text, p_at timestamptz) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_drafts payments_draft[];
    v_contract_ids bigint[];
    v_late bigint[];
    v_unclear boolean;
BEGIN
    -- Large batches are planned for their size, small ones reuse their plans.
    PERFORM set_config('plan_cache_mode',
        CASE WHEN cardinality(p_line_ids) > 250 THEN 'force_custom_plan' ELSE 'force_generic_plan' END, true);

    WITH line AS MATERIALIZED (
        -- Ids are drawn in the order in which payments meet their contracts: by value date, then as in the file.
        SELECT nextval('payments_payment_id_seq') AS payment_id, n.*
        FROM (
            SELECT l.* FROM unnest(p_line_ids) n(id) CROSS JOIN LATERAL (
                SELECT l.id AS line_id, l.source_account_id, s.ledger_code, s.market, l.currency, l.amount_minor,
                       e.evidence_key, l.occurred_at, coalesce(l.booked_on, l.value_on) AS booked_on, l.value_on,
                       l.account_keys, l.text_keys, l.msisdn
                FROM statements_statementline l
                JOIN providers_sourceaccount s ON s.id = l.source_account_id
                CROSS JOIN LATERAL (SELECT coalesce(nullif(l.provider_ref, ''), l.line_key::text) AS evidence_key) e
                WHERE l.id = n.id
                  AND l.kind = 'payment' AND l.status = 'success' AND l.amount_minor > 0
                  AND s.role = 'originates' AND l.currency = s.currency
                  AND NOT EXISTS (
                      SELECT FROM payments_payment p
                      WHERE p.source_account_id = l.source_account_id AND p.evidence_key = e.evidence_key
                        AND p.state <> 'unposted'
                  )
                LIMIT 1
            ) l
            ORDER BY l.value_on, l.line_id
        ) n
    ), judged AS MATERIALIZED (
        SELECT l.*, v.*, coalesce(typed.claims, mentioned.claims, called.claims || linked.claims, called.claims, linked.claims)
               AS claims
        FROM line l
        CROSS JOIN LATERAL (
            SELECT array_agg(ROW(c.customer_id, c.id, 'account_number', k.key)::payments_claim_draft) AS claims
            FROM unnest(l.account_keys) k(key) CROSS JOIN LATERAL (
                SELECT id, customer_id FROM contracts_contract WHERE account_key = k.key AND market = l.market LIMIT 1
            ) c
        ) typed
        CROSS JOIN LATERAL (
            SELECT array_agg(ROW(c.customer_id, c.id, 'reference_in_text', k.key)::payments_claim_draft) AS claims
            FROM unnest(l.text_keys) k(key) CROSS JOIN LATERAL (
                SELECT id, customer_id FROM contracts_contract WHERE account_key = k.key AND market = l.market LIMIT 1
            ) c
            WHERE typed.claims IS NULL
        ) mentioned
        CROSS JOIN LATERAL (
            SELECT array_agg(ROW(u.customer_id, c.id, 'msisdn', l.msisdn)::payments_claim_draft) AS claims
            FROM (
                SELECT p.customer_id FROM parties_customerphone p JOIN parties_customer u ON u.id = p.customer_id
                WHERE p.msisdn = l.msisdn AND u.market = l.market OFFSET 0
            ) u
            LEFT JOIN LATERAL (
                SELECT id FROM contracts_contract
                WHERE customer_id = u.customer_id AND contracts_is_open(state) OFFSET 0
            ) c ON true
            WHERE typed.claims IS NULL AND mentioned.claims IS NULL AND l.msisdn <> ''
        ) called
        CROSS JOIN LATERAL (
            SELECT CASE WHEN called.claims IS NOT NULL OR (count(*) = 1 AND min(k.weight) >= 2)
                        THEN array_agg(ROW(k.customer_id, k.contract_id, 'payer_link', l.msisdn)::payments_claim_draft
                                       ORDER BY k.contract_id)
                   END AS claims
            FROM (
                SELECT c.customer_id, k.contract_id,
                       payments_link_weight(k.confirmations, k.last_confirmed_on, l.value_on) AS weight
                FROM payments_payerlink k
                CROSS JOIN LATERAL (
                    SELECT customer_id FROM contracts_contract
                    WHERE id = k.contract_id AND currency = l.currency AND contracts_is_open(state) LIMIT 1
                ) c
                WHERE k.msisdn = l.msisdn AND k.market = l.market AND k.revoked_at IS NULL OFFSET 0
            ) k
            WHERE typed.claims IS NULL AND mentioned.claims IS NULL AND l.msisdn <> ''
              AND k.weight > CASE WHEN called.claims IS NULL THEN 0 ELSE 1 END
        ) linked
        CROSS JOIN LATERAL (
            -- All claims must agree on the customer; only then may they name the contract.
            SELECT min(customer_id) AS customer_id, min(rule) AS rule, min(matched_key) AS matched_key,
                   CASE WHEN min(contract_id) = max(contract_id) AND count(*) = count(contract_id)
                        THEN min(contract_id) END AS contract_id
            FROM unnest(coalesce(typed.claims, mentioned.claims, called.claims || linked.claims, called.claims, linked.claims))
            HAVING min(customer_id) = max(customer_id)
            UNION ALL
            SELECT NULL, '', '', NULL
            LIMIT 1
        ) v
    )
    SELECT array_agg(ROW(
               payment_id, 'new', line_id, source_account_id, ledger_code, market, currency, amount_minor,
               amount_minor, evidence_key, occurred_at, booked_on, value_on, customer_id, contract_id, rule, matched_key,
               CASE WHEN contract_id IS NULL THEN claims END
           )::payments_draft ORDER BY payment_id),
           array_agg(contract_id) FILTER (WHERE contract_id IS NOT NULL),
           bool_or(contract_id IS NULL AND claims IS NOT NULL)
    INTO v_drafts, v_contract_ids, v_unclear
    FROM judged;
    IF v_drafts IS NULL THEN
        RETURN 0;
    END IF;

    PERFORM 1 FROM contracts_contract WHERE id = ANY (v_contract_ids) ORDER BY id FOR NO KEY UPDATE;

    -- A payment older than one its contract has taken already: the contract is replayed.
    v_late := ARRAY(
        SELECT DISTINCT d.contract_id FROM unnest(v_drafts) d
        WHERE d.contract_id IS NOT NULL AND EXISTS (
            SELECT FROM contracts_creditevent e WHERE e.contract_id = d.contract_id AND e.value_on > d.value_on
        ) ORDER BY 1
    );
    IF cardinality(v_late) > 0 THEN
        PERFORM payments_lock(v_late, '{}', '{}');
    END IF;

    PERFORM payments_write(v_drafts, p_actor, p_at);

    IF cardinality(v_late) > 0 THEN
        PERFORM payments_replay(v_late, '{}', '{}', p_actor, p_at);
    END IF;

    -- Claims that name no single contract are kept beside the payment for a person to decide.
    IF v_unclear THEN
        INSERT INTO payments_claim (payment_id, customer_id, contract_id, rule, matched_key)
        SELECT d.payment_id, c.customer_id, c.contract_id, c.rule, c.matched_key
        FROM unnest(v_drafts) d CROSS JOIN LATERAL unnest(d.claims) c;
    END IF;
    RETURN cardinality(v_drafts);
END $$;
