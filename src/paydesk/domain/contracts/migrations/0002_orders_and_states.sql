-- What SQL must know of the contract's rules, each in one place; tests hold them against states.py and rules.py.
CREATE FUNCTION contracts_is_open(p_state text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT p_state IN ('deposit_pending', 'deposit_paid', 'active', 'defaulted', 'returning')
$$;
CREATE FUNCTION contracts_kind_rank(p_kind text) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE p_kind WHEN 'penalty' THEN 1 WHEN 'fee' THEN 2 WHEN 'deposit' THEN 3 ELSE 4 END
$$;
