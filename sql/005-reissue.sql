BEGIN;
INSERT INTO vemre.migration (number, name) VALUES (5, 'reissue');

-- A credential lost while voting is open is replaced by a spare (PROTOCOL 4), by the registrar's signed line, which
-- open-election has checked. And what has to be empty before any vote.

CREATE TABLE vemre.reissue (
	old bytea PRIMARY KEY REFERENCES vemre.voter (credential),
	new bytea NOT NULL UNIQUE REFERENCES vemre.voter (credential),
	signature bytea NOT NULL CHECK (octet_length(signature) BETWEEN 8 AND 72),
	journal bigint NOT NULL REFERENCES vemre.journal,
	CHECK (old <> new)
);
COMMENT ON TABLE vemre.reissue IS 'lines of reissues.csv; written by reissue() alone, read by close-election';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON vemre.reissue FOR EACH ROW EXECUTE FUNCTION vemre.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON vemre.reissue FOR EACH STATEMENT EXECUTE FUNCTION vemre.refuse_change();

-- One transaction: refused, or the phone moves to the spare's user name and the old one, its session and its code are
-- dead. A cast in flight holds the voter's row: it is waited for, and then its ballot is seen.
CREATE FUNCTION vemre.reissue(p_old bytea, p_new bytea, p_signature bytea, OUT o_outcome text, OUT o_journal bigint)
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	v_state text;
	v_old vemre.voter;
	v_new vemre.voter;
BEGIN
	PERFORM pg_catalog.pg_advisory_xact_lock_shared(vemre.closing_lock());
	v_state := vemre.state(pg_catalog.clock_timestamp());
	IF v_state IS NULL OR v_state = 'closed' THEN
		o_outcome := CASE v_state WHEN 'closed' THEN 'closed' ELSE 'not-opened' END;
		RETURN;
	END IF;
	-- Both rows, always in the same order: two reissues at once do not wait for each other in a ring.
	PERFORM FROM vemre.voter v WHERE v.credential IN (p_old, p_new) ORDER BY v.credential FOR UPDATE;
	SELECT r.journal INTO o_journal FROM vemre.reissue r WHERE r.old = p_old AND r.new = p_new;
	IF FOUND THEN
		o_outcome := 'again';
		RETURN;
	END IF;
	SELECT * INTO v_old FROM vemre.voter v WHERE v.credential = p_old;
	IF NOT FOUND THEN
		o_outcome := 'old-unknown';
		RETURN;
	END IF;
	SELECT * INTO v_new FROM vemre.voter v WHERE v.credential = p_new;
	o_outcome := CASE
		WHEN v_new.username IS NULL THEN 'new-unknown'
		WHEN EXISTS (SELECT FROM vemre.ballot b WHERE b.credential = p_old) THEN 'voted'
		WHEN NOT v_old.active THEN 'old-not-active'
		WHEN NOT v_new.spare OR v_new.active OR EXISTS (SELECT FROM vemre.reissue r WHERE r.old = p_new) THEN 'new-not-spare'
		WHEN v_new.district <> v_old.district THEN 'other-district'
		ELSE 'done' END;
	IF o_outcome <> 'done' THEN
		RETURN;
	END IF;
	UPDATE vemre.code c SET hmac = NULL, sent = NULL, expires = NULL, tries_left = 0 WHERE c.username = v_old.username;
	DELETE FROM vemre.session s WHERE s.username = v_old.username;
	UPDATE vemre.voter v SET active = false, phone = NULL WHERE v.username = v_old.username;
	UPDATE vemre.voter v SET active = true, phone = v_old.phone WHERE v.username = v_new.username;
	INSERT INTO vemre.journal (event, detail)
		VALUES ('reissued', pg_catalog.encode(p_old, 'hex') || ' ' || pg_catalog.encode(p_new, 'hex'))
		RETURNING id INTO o_journal;
	INSERT INTO vemre.reissue (old, new, signature, journal) VALUES (p_old, p_new, p_signature, o_journal);
END
$$;
COMMENT ON FUNCTION vemre.reissue(bytea, bytea, bytea) IS 'gives a voter a spare credential, in whole or not at all; for vemre_admin';

CREATE VIEW vemre.reissues AS
	SELECT pg_catalog.encode(r.old, 'hex') || ',' || pg_catalog.encode(r.new, 'hex') || ','
		|| pg_catalog.encode(r.signature, 'hex') AS line FROM vemre.reissue r;
COMMENT ON VIEW vemre.reissues IS 'the lines of reissues.csv; read by close-election, sorted by bytes';

-- The chained lines from that of a reissue to the last: what its acknowledgement shows.
CREATE VIEW vemre.reissue_lines AS
	SELECT r.journal, later.line_no, later.line FROM vemre.reissue r
	JOIN vemre.journal_link mine ON mine.id = r.journal
	JOIN vemre.journal_link later ON later.line_no >= mine.line_no;
COMMENT ON VIEW vemre.reissue_lines IS 'for the acknowledgement of a reissue; read by open-election';

-- Every table that voting writes, with how many rows it has: all zero in the initial report (numeral 16).
CREATE FUNCTION vemre.initial_counters() RETURNS TABLE (o_name text, o_rows bigint)
	LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT 'Votos en la urna', pg_catalog.count(*) FROM vemre.ballot
	UNION ALL SELECT 'Votos en los contadores por hora', COALESCE(pg_catalog.sum(p.ballots), 0)::bigint FROM vemre.participation p
	UNION ALL SELECT 'Acuses de voto emitidos', pg_catalog.count(b.receipt) FROM vemre.ballot b
	UNION ALL SELECT 'Sesiones de votantes', pg_catalog.count(*) FROM vemre.session s JOIN vemre.voter v USING (username) WHERE NOT v.synthetic
	UNION ALL SELECT 'Códigos de un solo uso enviados', pg_catalog.count(*) FROM vemre.code c JOIN vemre.voter v USING (username) WHERE NOT v.synthetic
	UNION ALL SELECT 'Direcciones con ingresos fallidos', pg_catalog.count(*) FROM vemre.slow_down
	UNION ALL SELECT 'Credenciales repuestas', pg_catalog.count(*) FROM vemre.reissue
	UNION ALL SELECT 'Credenciales de reserva ya dadas', pg_catalog.count(*) FROM vemre.voter v WHERE v.spare AND v.active
	UNION ALL SELECT 'Cierres de la votación', pg_catalog.count(*) FROM vemre.closing
$$;
COMMENT ON FUNCTION vemre.initial_counters() IS 'what must be zero before the opening; for vemre_admin and vemre_monitor';

GRANT EXECUTE ON FUNCTION vemre.reissue(bytea, bytea, bytea) TO vemre_admin;
GRANT EXECUTE ON FUNCTION vemre.initial_counters() TO vemre_admin, vemre_monitor;
GRANT SELECT ON vemre.reissues, vemre.reissue_lines TO vemre_admin;
COMMIT;
