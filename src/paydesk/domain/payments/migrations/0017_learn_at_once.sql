-- As payments_learn, without waiting for transactions that might still bring earlier ids: the caller knows of none.
CREATE FUNCTION payments_learn_all_so_far() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_after bigint;
    v_through bigint;
BEGIN
    INSERT INTO payments_learning (id, through_id, head_id, head_xid) VALUES (1, 0, 0, 0) ON CONFLICT DO NOTHING;
    SELECT through_id INTO v_after FROM payments_learning WHERE id = 1 FOR UPDATE;
    v_through := greatest((SELECT last_value FROM payments_payment_id_seq), v_after);
    UPDATE payments_learning SET through_id = v_through, head_id = v_through WHERE id = 1;
    RETURN payments_learn_from(v_after, v_through);
END $$;
