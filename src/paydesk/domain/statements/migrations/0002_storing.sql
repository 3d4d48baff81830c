-- As before, but inserted in the order of the keys: two batches with the same keys then never wait for each other in
-- a ring. Ids are drawn in the order of the rows, which is the order in which payments meet their contracts.
CREATE FUNCTION statements_store(p_source_account_id bigint, p_rows json) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    v_ids bigint[];
BEGIN
    WITH stored AS (
        INSERT INTO statements_statementline (
            id, file_id, source_account_id, line_no, line_key, kind, status, amount, amount_minor, currency, fee, reference, provider_ref, network_ref,
            batch_key, account, msisdn, payer_name, text, channel, balance, occurred_at, booked_on, value_on, account_keys,
            text_keys, raw
        )
        SELECT new_id, file_id, p_source_account_id, line_no, line_key, kind, status, amount, amount_minor, currency, fee, reference, provider_ref, network_ref,
        batch_key, account, msisdn, payer_name, text, channel, balance, occurred_at, booked_on, value_on, account_keys,
        text_keys, raw
        FROM (
            SELECT nextval('statements_statementline_id_seq') AS new_id, r.*
            FROM (
                SELECT * FROM json_populate_recordset(NULL::statements_stagedline, p_rows) ORDER BY line_no OFFSET 0
            ) r
            OFFSET 0
        ) n
        ORDER BY line_key, new_id
        ON CONFLICT (source_account_id, line_key) WHERE NOT withdrawn DO NOTHING
        RETURNING id
    )
    SELECT coalesce(array_agg(id), '{}') INTO v_ids FROM stored;
    RETURN v_ids;
END $$;

-- Only the owner of a table may ANALYZE it, and the application owns none: it asks for the statistics of the staged
-- rows by this function. Without them a file of a million rows is planned as if the table were empty.
CREATE FUNCTION statements_analyze_staged() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    ANALYZE statements_stagedline;
END $$;
REVOKE ALL ON FUNCTION statements_analyze_staged() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION statements_analyze_staged() TO paydesk_app;
