-- Statement lines become payments and entries, in one call.

-- Post what lines prove beside payments, and count them. Without `p_count` a batch of payments alone is left to be counted
-- (payments_count_new_rows) once everything else of the transaction is done.
CREATE FUNCTION payments_post_provider_rows(
    p_line_ids bigint[], p_actor text, p_at timestamptz, p_count boolean DEFAULT true, OUT plain boolean, OUT counted boolean
) LANGUAGE plpgsql AS $$
DECLARE
    v_accounts bigint[];
    v_markets text[];
BEGIN
    PERFORM set_config('plan_cache_mode',
        CASE WHEN cardinality(p_line_ids) > 250 THEN 'force_custom_plan' ELSE 'force_generic_plan' END, true);
    plain := payments_are_plain(p_line_ids);
    IF NOT plain THEN
        v_markets := payments_book_provider_rows(p_line_ids, p_actor, p_at);
    END IF;
    IF EXISTS (
        SELECT FROM payments_reversalrow WHERE state = 'open' AND kind IN ('reversal', 'chargeback') AND amount_minor > 0
    ) THEN
        v_accounts := ARRAY(
            SELECT DISTINCT r.source_account_id FROM unnest(p_line_ids) n(id) CROSS JOIN LATERAL (
                SELECT source_account_id FROM statements_statementline WHERE id = n.id AND NOT withdrawn LIMIT 1
            ) l JOIN payments_reversalrow r ON r.source_account_id = l.source_account_id AND r.state = 'open'
              AND r.kind IN ('reversal', 'chargeback') AND r.amount_minor > 0
        );
        IF cardinality(v_accounts) > 0 THEN
            PERFORM payments_match_reversals(v_accounts, p_actor, p_at);
        END IF;
    END IF;
    counted := p_count OR v_markets IS NOT NULL;
    IF counted THEN
        PERFORM payments_count_new_rows(p_line_ids, plain);
    END IF;
    IF v_markets IS NOT NULL THEN
        PERFORM payments_match_transit(v_markets, p_actor, p_at);
    END IF;
END $$;

-- Statement lines become payments: only final, successful payment rows of an account that originates payments, in
-- that account's currency and in whole minor units. Lines that are payments already are passed over. Whose a payment
-- is, strongest evidence first: the account number as typed, a reference of ours in the text, the payer's phone
-- number, a phone that has paid for one open contract alone (a link with two confirmations or more); only the strongest
-- kind that claims counts. But a phone's owner who has such a link to the contract of somebody else pays for two: both
-- claims are shown to a person. What a phone pays that risk has stopped (risk_enforcement) goes to suspense with the
-- reason. Returns how many payments were received, and those whose payer is unknown.
CREATE FUNCTION payments_receive(
    p_line_ids bigint[], p_actor text, p_at timestamptz,
    OUT received bigint, OUT unknown_markets text[], OUT unknown_ids bigint[]
) LANGUAGE plpgsql AS $$
DECLARE
    v_drafts payments_draft[];
    v_contract_ids bigint[];
    v_late bigint[];
    v_unclear boolean;
    v_unclaimed boolean;
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
        SELECT l.*, v.*, coalesce(typed.claims, mentioned.claims) AS claims
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
            -- All claims must agree on the customer; only then may they name the contract.
            SELECT min(customer_id) AS customer_id, min(rule) AS rule, min(matched_key) AS matched_key,
                   CASE WHEN min(contract_id) = max(contract_id) AND count(*) = count(contract_id)
                        THEN min(contract_id) END AS contract_id
            FROM unnest(coalesce(typed.claims, mentioned.claims))
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
           coalesce(bool_or(claims IS NULL AND msisdn <> ''), false)
    INTO v_drafts, v_unclaimed
    FROM judged;

    IF v_unclaimed THEN
        -- Those whose payer wrote nothing that names a contract: by phone.
        SELECT array_agg(CASE WHEN v.rule IS NULL THEN d ELSE ROW(
                   d.payment_id, d.origin, d.line_id, d.source_account_id, d.ledger_code, d.market, d.currency, d.amount_minor,
                   d.left_minor, d.evidence_key, d.paid_at, d.booked_on, d.value_on, v.customer_id, v.contract_id, v.rule,
                   v.matched_key, CASE WHEN v.contract_id IS NULL THEN v.claims END
               )::payments_draft END ORDER BY d.payment_id)
        INTO v_drafts
        FROM unnest(v_drafts) d
        LEFT JOIN LATERAL (
            SELECT a.*, coalesce(called.claims || linked.claims, called.claims, linked.claims) AS claims
            FROM (
                SELECT msisdn FROM statements_statementline
                WHERE id = d.line_id AND msisdn <> '' AND d.contract_id IS NULL AND d.claims IS NULL LIMIT 1
            ) l
            CROSS JOIN LATERAL (
                SELECT array_agg(ROW(u.customer_id, c.id, 'msisdn', l.msisdn)::payments_claim_draft) AS claims
                FROM (
                    SELECT p.customer_id FROM parties_customerphone p JOIN parties_customer u ON u.id = p.customer_id
                    WHERE p.msisdn = l.msisdn AND u.market = d.market OFFSET 0
                ) u
                LEFT JOIN LATERAL (
                    SELECT id FROM contracts_contract
                    WHERE customer_id = u.customer_id AND contracts_is_open(state) OFFSET 0
                ) c ON true
            ) called
            CROSS JOIN LATERAL (
                SELECT CASE WHEN called.claims IS NOT NULL OR (count(*) = 1 AND min(k.weight) >= 2)
                            THEN array_agg(ROW(k.customer_id, k.contract_id, 'payer_link', l.msisdn)::payments_claim_draft
                                           ORDER BY k.contract_id)
                       END AS claims
                FROM (
                    SELECT c.customer_id, k.contract_id,
                           payments_link_weight(k.confirmations, k.last_confirmed_on, d.value_on) AS weight
                    FROM payments_payerlink k
                    CROSS JOIN LATERAL (
                        SELECT customer_id FROM contracts_contract
                        WHERE id = k.contract_id AND currency = d.currency AND contracts_is_open(state) LIMIT 1
                    ) c
                    WHERE k.msisdn = l.msisdn AND k.market = d.market AND k.revoked_at IS NULL OFFSET 0
                ) k
                WHERE k.weight > CASE WHEN called.claims IS NULL THEN 0 ELSE 1 END
            ) linked
            CROSS JOIN LATERAL (
                SELECT min(customer_id) AS customer_id, min(rule) AS rule, min(matched_key) AS matched_key,
                       CASE WHEN min(contract_id) = max(contract_id) AND count(*) = count(contract_id)
                            THEN min(contract_id) END AS contract_id
                FROM unnest(coalesce(called.claims || linked.claims, called.claims, linked.claims))
                HAVING min(customer_id) = max(customer_id)
                UNION ALL
                SELECT NULL, '', '', NULL
                LIMIT 1
            ) a
            OFFSET 0
        ) v ON true;
    END IF;

    -- What a phone pays that risk has stopped names nobody: it is suspense and says why.
    IF EXISTS (
        SELECT FROM risk_enforcement e
        WHERE e.state = 'active' AND e.party_kind = 'payer_phone' AND e.scope IN ('identification', 'all')
          AND e.kind <> 'limit' AND e.expires_at > p_at
    ) THEN
        SELECT array_agg(CASE WHEN b.stopped THEN ROW(
                   d.payment_id, d.origin, d.line_id, d.source_account_id, d.ledger_code, d.market, d.currency, d.amount_minor,
                   d.left_minor, d.evidence_key, d.paid_at, d.booked_on, d.value_on, NULL, NULL, 'payer_blocked', '', NULL
               )::payments_draft ELSE d END ORDER BY d.payment_id)
        INTO v_drafts
        FROM unnest(v_drafts) d CROSS JOIN LATERAL (
            SELECT EXISTS (
                SELECT FROM statements_statementline l JOIN risk_enforcement e ON e.party_key = l.msisdn
                WHERE l.id = d.line_id AND l.msisdn <> '' AND e.market = d.market AND e.state = 'active'
                  AND e.party_kind = 'payer_phone' AND e.scope IN ('identification', 'all') AND e.kind <> 'limit'
                  AND e.expires_at > p_at
            ) AS stopped
        ) b;
    END IF;

    received := coalesce(cardinality(v_drafts), 0);
    IF received > 0 THEN
        SELECT array_agg(d.contract_id) FILTER (WHERE d.contract_id IS NOT NULL), bool_or(d.claims IS NOT NULL),
               array_agg(d.market) FILTER (WHERE d.customer_id IS NULL),
               array_agg(d.payment_id) FILTER (WHERE d.customer_id IS NULL)
        INTO v_contract_ids, v_unclear, unknown_markets, unknown_ids
        FROM unnest(v_drafts) d;
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
    END IF;
END $$;

-- All that lines prove, in one call. Those whose payer is unknown are left to be counted, so that their clocks start first.
CREATE FUNCTION payments_take_in(
    p_line_ids bigint[], p_actor text, p_at timestamptz,
    OUT received bigint, OUT unknown_markets text[], OUT unknown_ids bigint[], OUT plain boolean, OUT counted boolean
) LANGUAGE plpgsql AS $$
BEGIN
    SELECT r.received, r.unknown_markets, r.unknown_ids INTO received, unknown_markets, unknown_ids
    FROM payments_receive(p_line_ids, p_actor, p_at) r;
    SELECT p.plain, p.counted INTO plain, counted
    FROM payments_post_provider_rows(p_line_ids, p_actor, p_at, unknown_ids IS NULL) p;
END $$;
