-- Store a few lines at once, given as a JSON array of staged rows; a function, so that its plan is made once per
-- connection. Returns the ids of the new ones.
CREATE FUNCTION statements_store(p_source_account_id bigint, p_rows json) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    v_ids bigint[];
BEGIN
    WITH stored AS (
        INSERT INTO statements_statementline (
            file_id, source_account_id, line_no, line_key, kind, status, amount, amount_minor, currency, fee, reference, provider_ref, network_ref,
            batch_key, account, msisdn, payer_name, text, channel, balance, occurred_at, booked_on, value_on, account_keys,
            text_keys, raw
        )
        SELECT file_id, p_source_account_id, line_no, line_key, kind, status, amount, amount_minor, currency, fee, reference, provider_ref, network_ref,
        batch_key, account, msisdn, payer_name, text, channel, balance, occurred_at, booked_on, value_on, account_keys,
        text_keys, raw
        FROM json_populate_recordset(NULL::statements_stagedline, p_rows)
        ORDER BY line_no
        ON CONFLICT (source_account_id, line_key) WHERE NOT withdrawn DO NOTHING
        RETURNING id
    )
    SELECT coalesce(array_agg(id), '{}') INTO v_ids FROM stored;
    RETURN v_ids;
END $$;
