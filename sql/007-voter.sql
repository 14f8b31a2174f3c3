BEGIN;
INSERT INTO vemre.migration (number, name) VALUES (7, 'voter');

-- The box asked by the code that people read; the authenticator app (RFC 6238), a setting of the backend.

CREATE FUNCTION vemre.in_box_between(p_first bytea, p_last bytea) RETURNS bytea
	LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT b.tracker FROM vemre.ballot b WHERE b.tracker BETWEEN p_first AND p_last ORDER BY b.tracker LIMIT 1
$$;
COMMENT ON FUNCTION vemre.in_box_between(bytea, bytea) IS 'the tracker in the box whose first 100 bits are a code (PROTOCOL 8), or null; for vemre_web';

CREATE TABLE vemre.totp (
	username text PRIMARY KEY REFERENCES vemre.voter,
	pending bytea CHECK (octet_length(pending) = 48),
	secret bytea CHECK (octet_length(secret) = 48),
	last_step bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE vemre.totp IS 'authenticator apps; written inside a session, that is, after a right SMS code; read by the log-in';
COMMENT ON COLUMN vemre.totp.pending IS 'shown to the voter, not yet confirmed by a code of the app; AES-256-GCM under a key of the backend''s file';
COMMENT ON COLUMN vemre.totp.secret IS 'the confirmed one, encrypted likewise';
COMMENT ON COLUMN vemre.totp.last_step IS 'no code of this step or an earlier one is taken again';

CREATE FUNCTION vemre.totp_of(p_token_sha256 bytea, OUT o_pending bytea, OUT o_secret bytea, OUT o_seconds bigint)
	LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT t.pending, t.secret, pg_catalog.floor(EXTRACT(epoch FROM n.at))::bigint
	FROM (SELECT pg_catalog.clock_timestamp() AS at OFFSET 0) n
	JOIN vemre.session s ON s.token_sha256 = p_token_sha256 AND s.expires > n.at
	JOIN vemre.totp t ON t.username = s.username
$$;
COMMENT ON FUNCTION vemre.totp_of(bytea) IS 'the encrypted secrets of a log-in or session, and the time; for vemre_web';

CREATE FUNCTION vemre.totp_begin(p_token_sha256 bytea, p_pending bytea) RETURNS boolean
	LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	WITH written AS (
		INSERT INTO vemre.totp AS t (username, pending)
		SELECT s.username, p_pending FROM vemre.session s
		WHERE s.token_sha256 = p_token_sha256 AND s.state = 'in' AND s.expires > pg_catalog.clock_timestamp()
		ON CONFLICT (username) DO UPDATE SET pending = excluded.pending
		RETURNING 1)
	SELECT EXISTS (SELECT FROM written)
$$;
COMMENT ON FUNCTION vemre.totp_begin(bytea, bytea) IS 'a new secret, not yet in force; only inside a session; for vemre_web';

CREATE FUNCTION vemre.totp_confirm(p_token_sha256 bytea, p_pending bytea, p_step bigint) RETURNS boolean
	LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	WITH written AS (
		UPDATE vemre.totp t SET secret = t.pending, pending = NULL, last_step = p_step
		FROM vemre.session s
		WHERE s.token_sha256 = p_token_sha256 AND s.state = 'in' AND s.expires > pg_catalog.clock_timestamp()
			AND t.username = s.username AND t.pending = p_pending
		RETURNING 1)
	SELECT EXISTS (SELECT FROM written)
$$;
COMMENT ON FUNCTION vemre.totp_confirm(bytea, bytea, bigint) IS 'the app gave a right code: its secret is in force, that code is used up; for vemre_web';

-- A code of the app in place of the SMS: same tries, same place, same session as verify_code, which does the rest.
CREATE FUNCTION vemre.verify_totp(p_token_sha256 bytea, p_step bigint, p_place text, p_new_token_sha256 bytea,
	OUT o_outcome text, OUT o_tries_left integer, OUT o_now text)
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	v_username text;
	v_hmac bytea;
BEGIN
	SELECT s.username INTO v_username FROM vemre.session s
		WHERE s.token_sha256 = p_token_sha256 AND s.state = 'code' AND s.expires > pg_catalog.clock_timestamp();
	PERFORM FROM vemre.totp t WHERE t.username = v_username AND t.secret IS NOT NULL AND t.last_step < p_step FOR UPDATE;
	IF FOUND THEN
		SELECT c.hmac INTO v_hmac FROM vemre.code c WHERE c.username = v_username;
	ELSE
		v_hmac := pg_catalog.decode(pg_catalog.repeat('00', 32), 'hex'); -- nobody's: counted as a wrong code
	END IF;
	SELECT r.o_outcome, r.o_tries_left, r.o_now INTO o_outcome, o_tries_left, o_now
		FROM vemre.verify_code(p_token_sha256, v_hmac, p_place, p_new_token_sha256) r;
	IF o_outcome = 'ok' THEN
		UPDATE vemre.totp t SET last_step = p_step WHERE t.username = v_username;
	END IF;
END
$$;
COMMENT ON FUNCTION vemre.verify_totp(bytea, bigint, text, bytea) IS 'a right code of the app, once, from a right place, opens the session; for vemre_web';

GRANT EXECUTE ON FUNCTION vemre.in_box_between(bytea, bytea), vemre.totp_of(bytea), vemre.totp_begin(bytea, bytea),
	vemre.totp_confirm(bytea, bytea, bigint), vemre.verify_totp(bytea, bigint, text, bytea) TO vemre_web;
COMMIT;
