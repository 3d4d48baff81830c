-- Rows that came before the desk posted more than payments: posted now, in the order in which they came.
DO $$
DECLARE
    v_ids bigint[];
    v_after bigint := 0;
BEGIN
    LOOP
        SELECT array_agg(id), max(id) INTO v_ids, v_after
        FROM (
            SELECT id FROM statements_statementline WHERE id > v_after AND NOT withdrawn ORDER BY id LIMIT 20000
        ) l;
        EXIT WHEN v_ids IS NULL;
        PERFORM payments_post_provider_rows(v_ids, 'system:upgrade', now());
    END LOOP;
END $$;
