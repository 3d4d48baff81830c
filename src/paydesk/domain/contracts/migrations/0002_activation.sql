-- What SQL must know of the contract's rules, each in one place; tests hold them against states.py and rules.py.
CREATE FUNCTION contracts_is_open(p_state text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT p_state IN ('deposit_pending', 'deposit_paid', 'active', 'defaulted', 'returning')
$$;
CREATE FUNCTION contracts_kind_rank(p_kind text) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE p_kind WHEN 'penalty' THEN 1 WHEN 'fee' THEN 2 WHEN 'deposit' THEN 3 ELSE 4 END
$$;

-- The sale is booked when a contract becomes active: the whole price is owed, a deposit paid before counts at once.
CREATE FUNCTION contracts_post_activation(p_contract_ids bigint[], p_actor text, p_at timestamptz) RETURNS bigint[]
LANGUAGE sql AS $$
    WITH contract AS (
        SELECT c.*, row_number() OVER (ORDER BY c.id)::integer AS entry_no,
               coalesce((SELECT sum(-b.amount_minor) FROM ledger_account a JOIN ledger_balance b ON b.account_id = a.id
                         WHERE a.code = '2030' AND a.key_id = c.id), 0)::bigint AS deposit_held
        FROM contracts_contract c WHERE c.id = ANY (p_contract_ids)
    ), leg AS (
        SELECT entry_no, market, '1100' AS code, currency, id AS key_id, price_minor - deposit_held AS amount_minor, 1 AS side
        FROM contract
        UNION ALL SELECT entry_no, market, '2030', currency, id, deposit_held, 2 FROM contract
        UNION ALL SELECT entry_no, market, '4010', currency, 0, -price_minor, 3 FROM contract
    )
    SELECT ledger_post(
        (SELECT array_agg(ROW('contract.activated', market, ledger_open_day(market, activated_on, p_at), activated_on,
                              'contract', id, 'activated:' || id, NULL)::ledger_entry_draft ORDER BY entry_no)
         FROM contract),
        (SELECT array_agg(ROW(entry_no, leg_no, market, code, currency, key_id, amount_minor, NULL)::ledger_leg_draft
                          ORDER BY entry_no, leg_no)
         FROM (SELECT leg.*, row_number() OVER (PARTITION BY entry_no ORDER BY side) AS leg_no
               FROM leg WHERE amount_minor <> 0) l),
        p_actor, p_at);
$$;
