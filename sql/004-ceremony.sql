BEGIN;
INSERT INTO vemre.migration (number, name) VALUES (4, 'ceremony');

-- Opening and closing, for vemre_admin. open-election copies two files into the tables below within the transaction
-- that opens; what they say must agree to the last line.

CREATE UNLOGGED TABLE vemre.load_voter (
	line bigint GENERATED ALWAYS AS IDENTITY,
	username text NOT NULL,
	auth_sha256 text NOT NULL,
	phone text NOT NULL,
	district text NOT NULL,
	credential text NOT NULL,
	kind text NOT NULL
);
COMMENT ON TABLE vemre.load_voter IS 'the load file as it came; written by open-election, emptied by open_election()';
CREATE UNLOGGED TABLE vemre.load_credential (
	district text NOT NULL,
	credential text NOT NULL,
	kind text NOT NULL
);
COMMENT ON TABLE vemre.load_credential IS 'credentials.csv as it came; written by open-election, emptied by open_election()';

-- The first ten disagreements between the two, in words for the official; none: no rows.
CREATE FUNCTION vemre.load_faults() RETURNS SETOF text
	LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT f.fault FROM (
		SELECT l.line AS n, 'archivo de carga, línea ' || l.line || ' (' || l.username || '): su credencial no está en credentials.csv' AS fault
			FROM vemre.load_voter l WHERE NOT EXISTS (SELECT FROM vemre.load_credential c WHERE c.credential = l.credential)
		UNION ALL
		SELECT l.line, 'archivo de carga, línea ' || l.line || ' (' || l.username || '): entidad ' || l.district || ', pero credentials.csv dice ' || c.district
			FROM vemre.load_voter l JOIN vemre.load_credential c ON c.credential = l.credential WHERE c.district <> l.district
		UNION ALL
		SELECT l.line, 'archivo de carga, línea ' || l.line || ' (' || l.username || '): de clase ' || l.kind || ', pero credentials.csv dice ' || c.kind
			FROM vemre.load_voter l JOIN vemre.load_credential c ON c.credential = l.credential WHERE c.kind <> l.kind
		UNION ALL
		SELECT l.line, 'archivo de carga, línea ' || l.line || ' (' || l.username || '): falta el teléfono'
			FROM vemre.load_voter l JOIN vemre.load_credential c ON c.credential = l.credential WHERE c.kind = 'v' AND l.phone = ''
		UNION ALL
		SELECT 0, 'credentials.csv: la credencial ' || pg_catalog.left(c.credential, 18) || '… no tiene línea en el archivo de carga'
			FROM vemre.load_credential c WHERE NOT EXISTS (SELECT FROM vemre.load_voter l WHERE l.credential = c.credential)
		UNION ALL
		SELECT pg_catalog.min(l.line), 'archivo de carga: ' || l.username || ' aparece ' || pg_catalog.count(*) || ' veces'
			FROM vemre.load_voter l GROUP BY l.username HAVING pg_catalog.count(*) > 1
		UNION ALL
		SELECT pg_catalog.min(l.line), 'archivo de carga: la credencial ' || pg_catalog.left(l.credential, 18) || '… aparece ' || pg_catalog.count(*) || ' veces'
			FROM vemre.load_voter l GROUP BY l.credential HAVING pg_catalog.count(*) > 1
		UNION ALL
		SELECT l.line, 'archivo de carga, línea ' || l.line || ' (' || l.username || '): la entidad ' || l.district || ' no está en la definición'
			FROM vemre.load_voter l WHERE NOT EXISTS (SELECT FROM vemre.district d WHERE d.id = l.district)
	) f ORDER BY f.n, f.fault LIMIT 10
$$;
COMMENT ON FUNCTION vemre.load_faults() IS 'compares the load file with credentials.csv and the definition; for vemre_admin';

CREATE FUNCTION vemre.open_election(p_slug text, p_eid bytea, p_credentials_sha256 bytea, p_opens timestamptz,
	p_closes timestamptz, p_session_minutes integer, p_simulation boolean) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO vemre.voter (username, auth_sha256, phone, district, credential, spare, active)
		SELECT l.username, pg_catalog.decode(l.auth_sha256, 'hex'), NULLIF(l.phone, ''), l.district,
			pg_catalog.decode(l.credential, 'hex'), c.kind = 's', c.kind = 'v'
		FROM vemre.load_voter l JOIN vemre.load_credential c ON c.credential = l.credential
		ORDER BY l.credential;
	INSERT INTO vemre.election (slug, eid, credentials_sha256, opens, closes, session_minutes, simulation)
		VALUES (p_slug, p_eid, p_credentials_sha256, p_opens, p_closes, p_session_minutes, p_simulation);
	INSERT INTO vemre.journal (event, detail) VALUES ('opened', 'eid ' || pg_catalog.encode(p_eid, 'hex'));
	DELETE FROM vemre.load_voter;
	DELETE FROM vemre.load_credential;
END
$$;
COMMENT ON FUNCTION vemre.open_election(text, bytea, bytea, timestamptz, timestamptz, integer, boolean) IS 'takes the voters in and writes the one election; a second time is refused by its key; for vemre_admin';

CREATE FUNCTION vemre.counters(OUT o_voters bigint, OUT o_spares bigint, OUT o_ballots bigint, OUT o_participation bigint,
	OUT o_sessions bigint, OUT o_codes bigint, OUT o_now text)
	LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT (SELECT pg_catalog.count(*) FROM vemre.voter v WHERE NOT v.spare AND NOT v.synthetic),
		(SELECT pg_catalog.count(*) FROM vemre.voter WHERE spare),
		(SELECT pg_catalog.count(*) FROM vemre.ballot),
		(SELECT COALESCE(pg_catalog.sum(ballots), 0)::bigint FROM vemre.participation),
		(SELECT pg_catalog.count(*) FROM vemre.session s JOIN vemre.voter v USING (username) WHERE NOT v.synthetic),
		(SELECT pg_catalog.count(*) FROM vemre.code c JOIN vemre.voter v USING (username) WHERE NOT v.synthetic),
		vemre.moment(pg_catalog.clock_timestamp())
$$;
COMMENT ON FUNCTION vemre.counters() IS 'what the initial report and the monitor show; for vemre_admin and vemre_monitor';

CREATE FUNCTION vemre.district_counters() RETURNS TABLE (o_district text, o_voters bigint, o_ballots bigint)
	LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT d.id, (SELECT pg_catalog.count(*) FROM vemre.voter v WHERE v.district = d.id AND v.active AND NOT v.synthetic),
		(SELECT pg_catalog.count(*) FROM vemre.ballot b WHERE b.district = d.id)
	FROM vemre.district d ORDER BY d.id
$$;
COMMENT ON FUNCTION vemre.district_counters() IS 'voters and ballots by district; for vemre_admin and vemre_monitor';

CREATE FUNCTION vemre.participation_by_hour() RETURNS TABLE (o_hour text, o_ballots bigint)
	LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT vemre.moment(p.hour), pg_catalog.sum(p.ballots)::bigint FROM vemre.participation p GROUP BY p.hour ORDER BY p.hour
$$;
COMMENT ON FUNCTION vemre.participation_by_hour() IS 'ballots by the hour; for vemre_admin and vemre_monitor';

-- The exclusive lock waits for the casts in flight; from then on there is no way in.
CREATE FUNCTION vemre.close_election(OUT o_outcome text, OUT o_ballots bigint, OUT o_closed_epoch bigint, OUT o_wait integer)
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	v_election vemre.election;
	v_now timestamptz;
BEGIN
	SELECT * INTO v_election FROM vemre.election;
	IF NOT FOUND THEN
		o_outcome := 'not-opened';
		RETURN;
	END IF;
	v_now := pg_catalog.clock_timestamp();
	IF v_now < v_election.closes THEN
		o_outcome := 'too-early';
		o_wait := vemre.seconds_until(v_election.closes, v_now);
		RETURN;
	END IF;
	PERFORM pg_catalog.pg_advisory_xact_lock(vemre.closing_lock());
	INSERT INTO vemre.closing (closed, ballots)
		SELECT pg_catalog.clock_timestamp(), (SELECT pg_catalog.count(*) FROM vemre.ballot)
		ON CONFLICT DO NOTHING;
	o_outcome := CASE WHEN FOUND THEN 'closed' ELSE 'again' END;
	IF o_outcome = 'closed' THEN
		-- Codes before sessions: the order in which the log-in takes its locks.
		UPDATE vemre.code SET hmac = NULL, sent = NULL, expires = NULL, tries_left = 0;
		DELETE FROM vemre.session;
		INSERT INTO vemre.journal (event, detail) SELECT 'closed', c.ballots || ' ballots' FROM vemre.closing c;
	END IF;
	SELECT c.ballots, pg_catalog.floor(EXTRACT(epoch FROM c.closed))::bigint INTO STRICT o_ballots, o_closed_epoch
		FROM vemre.closing c;
END
$$;
COMMENT ON FUNCTION vemre.close_election() IS 'closes for ever, once closes has come by this clock, and ends every session; for vemre_admin';

CREATE VIEW vemre.box AS SELECT b.tracker, b.district, b.ballot FROM vemre.ballot b
	WHERE EXISTS (SELECT FROM vemre.closing);
COMMENT ON VIEW vemre.box IS 'the ballots, once the election is closed; read by close-election in order of tracker';

GRANT EXECUTE ON FUNCTION vemre.load_faults(), vemre.close_election(),
	vemre.open_election(text, bytea, bytea, timestamptz, timestamptz, integer, boolean) TO vemre_admin;
GRANT EXECUTE ON FUNCTION vemre.counters(), vemre.district_counters(), vemre.participation_by_hour()
	TO vemre_admin, vemre_monitor;
GRANT INSERT ON vemre.load_voter, vemre.load_credential, vemre.district TO vemre_admin;
GRANT SELECT ON vemre.box TO vemre_admin;
COMMIT;
