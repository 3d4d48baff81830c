-- A small difference that was written off is owed again: an allocation that takes the other back, and the entry that undoes
-- its entry. What the contract was by then is settled anew. Returns the minor units, 0 where it was undone already.
CREATE FUNCTION payments_undo_write_off(p_allocation_id bigint, p_actor text, p_at timestamptz) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_off payments_allocation;
    v_item contracts_dueitem;
    v_contract contracts_contract;
    v_entry_ids bigint[];
    v_day date := (p_at AT TIME ZONE 'UTC')::date;
BEGIN
    SELECT * INTO v_off FROM payments_allocation
    WHERE id = p_allocation_id AND payment_id IS NULL AND reverses_id IS NULL;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    SELECT * INTO v_item FROM contracts_dueitem WHERE id = v_off.due_item_id;
    PERFORM payments_lock(ARRAY[v_item.contract_id], '{}', '{}');
    SELECT * INTO v_contract FROM contracts_contract WHERE id = v_item.contract_id;
    IF v_contract.state NOT IN ('active', 'defaulted', 'completed')
       OR EXISTS (SELECT FROM payments_allocation WHERE reverses_id = p_allocation_id) THEN
        RETURN 0;
    END IF;
    v_entry_ids := ledger_post(
        ARRAY[ROW('due_item.write_off_undone', v_contract.market, ledger_open_day(v_contract.market, v_day, p_at), v_day,
                  'contract', v_contract.id, 'write_off_undone:' || v_off.id, v_off.entry_id)::ledger_entry_draft],
        ARRAY[ROW(1, 1, v_contract.market, CASE WHEN v_item.kind IN ('fee', 'penalty') THEN '1110' ELSE '1100' END,
                  v_contract.currency, v_contract.id, v_off.amount_minor, NULL)::ledger_leg_draft,
              ROW(1, 2, v_contract.market, '5060', v_contract.currency, 0, -v_off.amount_minor, NULL)::ledger_leg_draft],
        p_actor, p_at);
    INSERT INTO payments_allocation (payment_id, due_item_id, amount_minor, entry_id, at, actor, reverses_id)
    VALUES (NULL, v_item.id, -v_off.amount_minor, v_entry_ids[1], p_at, p_actor, v_off.id);
    INSERT INTO contracts_creditevent (contract_id, kind, amount_minor, value_on, at, cause_kind, cause_id, entry_id)
    VALUES (v_contract.id, 'write_off', -v_off.amount_minor, v_day, p_at, 'due_item', v_item.id, v_entry_ids[1]);
    UPDATE contracts_dueitem SET allocated_minor = allocated_minor - v_off.amount_minor WHERE id = v_item.id;
    PERFORM payments_settle_contracts(ARRAY[v_contract.id], p_actor, p_at);
    RETURN v_off.amount_minor;
END $$;
