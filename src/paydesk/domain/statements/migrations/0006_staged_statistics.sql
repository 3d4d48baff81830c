-- Only the owner of a table may ANALYZE it, and the application owns none: it asks for the statistics of the staged
-- rows by this function. Without them a file of a million rows is planned as if the table were empty.
CREATE FUNCTION statements_analyze_staged() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    ANALYZE statements_stagedline;
END $$;
REVOKE ALL ON FUNCTION statements_analyze_staged() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION statements_analyze_staged() TO paydesk_app;
