BEGIN;
INSERT INTO vemre.migration (number, name) VALUES (2, 'login');

-- Log-in: user name and password, code, session. Each function is one transaction of the backend and answers with an
-- outcome, never an exception: a refusal must leave its counters behind. All times come from clock_timestamp().

-- These two are put in place where they are called (their names were bound here: they need no search_path); as functions
-- with a setting of their own they were parsed anew at every call, half of what a cast cost.
CREATE FUNCTION vemre.moment(p_at timestamptz) RETURNS text
	LANGUAGE sql STABLE
	RETURN pg_catalog.to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
COMMENT ON FUNCTION vemre.moment(timestamptz) IS 'RFC 3339 in UTC with milliseconds';

CREATE FUNCTION vemre.seconds_until(p_at timestamptz, p_now timestamptz) RETURNS integer
	LANGUAGE sql IMMUTABLE
	RETURN GREATEST(0, pg_catalog.ceil(EXTRACT(epoch FROM p_at - p_now)))::integer;
COMMENT ON FUNCTION vemre.seconds_until(timestamptz, timestamptz) IS 'whole seconds left, rounded up, not below zero';

-- plpgsql: it keeps its plan.
CREATE FUNCTION vemre.state(p_now timestamptz) RETURNS text
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT CASE WHEN p_now < e.opens THEN 'before'
	                    WHEN p_now >= e.closes OR EXISTS (SELECT FROM vemre.closing) THEN 'closed'
	                    ELSE 'open' END
	        FROM vemre.election e);
END
$$;
COMMENT ON FUNCTION vemre.state(timestamptz) IS 'before, open or closed; null where no election has been opened';

-- Puts a new code in the voter's row if there is none live, and says what the code step shows. Called with the voter's
-- row of vemre.code locked.
CREATE FUNCTION vemre.renew_code(p_username text, p_hmac bytea, p_force boolean, p_now timestamptz,
	OUT o_outcome text, OUT o_send boolean, OUT o_expires_in integer, OUT o_resend_in integer,
	OUT o_tries_left integer, OUT o_retry_after integer)
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	v_limits vemre.limits;
	v_code vemre.code;
	v_live boolean;
BEGIN
	SELECT * INTO STRICT v_limits FROM vemre.limits;
	INSERT INTO vemre.code (username, hour_began, in_hour) VALUES (p_username, p_now, 0) ON CONFLICT DO NOTHING;
	SELECT * INTO STRICT v_code FROM vemre.code c WHERE c.username = p_username FOR UPDATE;
	v_live := v_code.hmac IS NOT NULL AND v_code.expires > p_now AND v_code.tries_left > 0;
	o_outcome := 'ok';
	o_send := false;
	IF v_live AND NOT p_force THEN
		NULL; -- a tab lost while the SMS was read: that code still holds
	ELSIF v_code.sent IS NOT NULL AND p_now < v_code.sent + pg_catalog.make_interval(secs => v_limits.resend_seconds) THEN
		o_outcome := 'slow-down';
		o_retry_after := vemre.seconds_until(v_code.sent + pg_catalog.make_interval(secs => v_limits.resend_seconds), p_now);
		RETURN;
	ELSE
		IF v_code.hour_began + interval '1 hour' <= p_now THEN
			v_code.hour_began := p_now;
			v_code.in_hour := 0;
		END IF;
		-- The monitor logs in every five minutes: twelve an hour, and some that failed.
		IF v_code.in_hour >= (SELECT CASE WHEN v.synthetic THEN v_limits.synthetic_codes_per_hour ELSE v_limits.codes_per_hour END
		                      FROM vemre.voter v WHERE v.username = p_username) THEN
			o_outcome := 'slow-down';
			o_retry_after := vemre.seconds_until(v_code.hour_began + interval '1 hour', p_now);
			RETURN;
		END IF;
		v_code.hmac := p_hmac;
		v_code.sent := p_now;
		v_code.expires := p_now + pg_catalog.make_interval(secs => v_limits.code_seconds);
		v_code.tries_left := v_limits.code_tries;
		UPDATE vemre.code c SET hmac = v_code.hmac, sent = v_code.sent, expires = v_code.expires,
			tries_left = v_code.tries_left, hour_began = v_code.hour_began, in_hour = v_code.in_hour + 1
			WHERE c.username = p_username;
		o_send := true;
	END IF;
	o_expires_in := vemre.seconds_until(v_code.expires, p_now);
	o_resend_in := vemre.seconds_until(v_code.sent + pg_catalog.make_interval(secs => v_limits.resend_seconds), p_now);
	o_tries_left := v_code.tries_left;
END
$$;
COMMENT ON FUNCTION vemre.renew_code(text, bytea, boolean, timestamptz) IS 'one live code at a time, a new one after a while, so many an hour; for begin_login and resend_code';

CREATE FUNCTION vemre.begin_login(p_username text, p_auth_sha256 bytea, p_token_sha256 bytea, p_code_hmac bytea,
	p_address bytea,
	OUT o_outcome text, OUT o_send boolean, OUT o_phone text, OUT o_expires_in integer, OUT o_resend_in integer,
	OUT o_tries_left integer, OUT o_retry_after integer, OUT o_now text)
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	v_now timestamptz := pg_catalog.clock_timestamp();
	v_state text := vemre.state(v_now);
	v_limits vemre.limits;
	v_voter vemre.voter;
	v_began timestamptz;
	v_failures integer;
BEGIN
	o_now := vemre.moment(v_now);
	IF v_state IS DISTINCT FROM 'open' THEN
		o_outcome := CASE v_state WHEN 'closed' THEN 'closed' ELSE 'not-open' END;
		RETURN;
	END IF;
	SELECT * INTO STRICT v_limits FROM vemre.limits;
	IF p_address IS NOT NULL THEN
		SELECT s.began, s.failures INTO v_began, v_failures FROM vemre.slow_down s WHERE s.address = p_address;
		IF v_failures >= v_limits.address_failures
		   AND v_began + pg_catalog.make_interval(secs => v_limits.address_seconds) > v_now THEN
			o_outcome := 'slow-down';
			o_retry_after := vemre.seconds_until(v_began + pg_catalog.make_interval(secs => v_limits.address_seconds), v_now);
			RETURN;
		END IF;
	END IF;
	SELECT * INTO v_voter FROM vemre.voter v WHERE v.username = p_username;
	-- One comparison, known user name or not: 32 zero bytes are nobody's hash.
	IF COALESCE(v_voter.auth_sha256, pg_catalog.decode(pg_catalog.repeat('00', 32), 'hex')) <> p_auth_sha256
	   OR NOT COALESCE(v_voter.active, false) THEN
		o_outcome := 'bad-login';
		IF p_address IS NOT NULL THEN
			INSERT INTO vemre.slow_down AS s (address, began, failures) VALUES (p_address, v_now, 1)
			ON CONFLICT (address) DO UPDATE SET
				failures = CASE WHEN s.began + pg_catalog.make_interval(secs => v_limits.address_seconds) <= v_now
				           THEN 1 ELSE s.failures + 1 END,
				began = CASE WHEN s.began + pg_catalog.make_interval(secs => v_limits.address_seconds) <= v_now
				        THEN v_now ELSE s.began END;
		END IF;
		RETURN;
	END IF;
	SELECT r.o_outcome, r.o_send, r.o_expires_in, r.o_resend_in, r.o_tries_left, r.o_retry_after
		INTO o_outcome, o_send, o_expires_in, o_resend_in, o_tries_left, o_retry_after
		FROM vemre.renew_code(p_username, p_code_hmac, false, v_now) r;
	IF o_outcome <> 'ok' THEN
		RETURN;
	END IF;
	DELETE FROM vemre.session s WHERE s.username = p_username AND s.state = 'code';
	INSERT INTO vemre.session (token_sha256, username, state, expires)
		SELECT p_token_sha256, p_username, 'code', v_now + pg_catalog.make_interval(mins => e.session_minutes)
		FROM vemre.election e;
	o_phone := v_voter.phone;
END
$$;
COMMENT ON FUNCTION vemre.begin_login(text, bytea, bytea, bytea, bytea) IS 'user name and password; for vemre_web';

CREATE FUNCTION vemre.resend_code(p_token_sha256 bytea, p_username text, p_code_hmac bytea,
	OUT o_outcome text, OUT o_send boolean, OUT o_phone text, OUT o_expires_in integer, OUT o_resend_in integer,
	OUT o_tries_left integer, OUT o_retry_after integer, OUT o_now text)
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	v_now timestamptz := pg_catalog.clock_timestamp();
	v_state text := vemre.state(v_now);
BEGIN
	o_now := vemre.moment(v_now);
	IF v_state IS DISTINCT FROM 'open' THEN
		o_outcome := CASE v_state WHEN 'closed' THEN 'closed' ELSE 'not-open' END;
		RETURN;
	END IF;
	SELECT v.phone INTO o_phone FROM vemre.session s JOIN vemre.voter v ON v.username = s.username
		WHERE s.token_sha256 = p_token_sha256 AND s.state = 'code' AND s.expires > v_now AND v.active
		AND v.username = p_username;
	IF NOT FOUND THEN
		o_outcome := 'no-session';
		RETURN;
	END IF;
	SELECT r.o_outcome, r.o_send, r.o_expires_in, r.o_resend_in, r.o_tries_left, r.o_retry_after
		INTO o_outcome, o_send, o_expires_in, o_resend_in, o_tries_left, o_retry_after
		FROM vemre.renew_code(p_username, p_code_hmac, true, v_now) r;
END
$$;
COMMENT ON FUNCTION vemre.resend_code(bytea, text, bytea) IS 'another code for a log-in that waits for one; for vemre_web';

CREATE FUNCTION vemre.code_failed(p_username text, p_code_hmac bytea) RETURNS void
	LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	UPDATE vemre.code c SET hmac = NULL, sent = NULL, expires = NULL, tries_left = 0
	WHERE c.username = p_username AND c.hmac = p_code_hmac
$$;
COMMENT ON FUNCTION vemre.code_failed(text, bytea) IS 'no gateway took the message: that code is dead and another may be asked for at once; for vemre_web';

-- p_place: what the backend found out about the peer's address: ok, inside, unknown. A right code with a wrong place
-- keeps the code alive: the voter changes network and tries again.
CREATE FUNCTION vemre.verify_code(p_token_sha256 bytea, p_code_hmac bytea, p_place text, p_new_token_sha256 bytea,
	OUT o_outcome text, OUT o_tries_left integer, OUT o_now text)
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	v_now timestamptz := pg_catalog.clock_timestamp();
	v_state text := vemre.state(v_now);
	v_username text;
	v_code vemre.code;
BEGIN
	o_now := vemre.moment(v_now);
	IF v_state IS DISTINCT FROM 'open' THEN
		o_outcome := CASE v_state WHEN 'closed' THEN 'closed' ELSE 'not-open' END;
		RETURN;
	END IF;
	SELECT s.username INTO v_username FROM vemre.session s JOIN vemre.voter v ON v.username = s.username
		WHERE s.token_sha256 = p_token_sha256 AND s.state = 'code' AND s.expires > v_now AND v.active;
	IF NOT FOUND THEN
		o_outcome := 'no-session';
		RETURN;
	END IF;
	SELECT * INTO v_code FROM vemre.code c WHERE c.username = v_username FOR UPDATE;
	IF NOT FOUND OR v_code.hmac IS NULL OR v_code.expires <= v_now OR v_code.tries_left = 0 THEN
		o_outcome := 'code-dead';
		RETURN;
	END IF;
	IF v_code.hmac <> p_code_hmac THEN
		o_tries_left := v_code.tries_left - 1;
		UPDATE vemre.code c SET tries_left = o_tries_left WHERE c.username = v_username;
		o_outcome := CASE o_tries_left WHEN 0 THEN 'code-dead' ELSE 'bad-code' END;
		RETURN;
	END IF;
	IF p_place IS DISTINCT FROM 'ok' THEN
		o_outcome := CASE p_place WHEN 'inside' THEN 'inside-territory' ELSE 'place-unknown' END;
		RETURN;
	END IF;
	UPDATE vemre.code c SET hmac = NULL, sent = NULL, expires = NULL, tries_left = 0 WHERE c.username = v_username;
	DELETE FROM vemre.session s WHERE s.username = v_username;
	INSERT INTO vemre.session (token_sha256, username, state, expires)
		SELECT p_new_token_sha256, v_username, 'in',
			LEAST(v_now + pg_catalog.make_interval(mins => e.session_minutes), e.closes)
		FROM vemre.election e;
	o_outcome := 'ok';
END
$$;
COMMENT ON FUNCTION vemre.verify_code(bytea, bytea, text, bytea) IS 'a right code, from a right place, opens the session under a new token; for vemre_web';

-- The transaction's commit waits for the synchronous standby: a role may change its own defaults, what this commit waits
-- for is not left to them.
CREATE FUNCTION vemre.commit_waits() RETURNS void
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF pg_catalog.current_setting('synchronous_commit') NOT IN ('on', 'remote_apply') THEN
		PERFORM pg_catalog.set_config('synchronous_commit', 'on', true);
	END IF;
END
$$;
COMMENT ON FUNCTION vemre.commit_waits() IS 'for what acknowledges a ballot: cast_ballot and session_of';

CREATE FUNCTION vemre.session_of(p_token_sha256 bytea,
	OUT o_state text, OUT o_username text, OUT o_district text, OUT o_credential bytea, OUT o_phone_end text,
	OUT o_expires_in integer, OUT o_closes_in integer, OUT o_resend_in integer, OUT o_tries_left integer,
	OUT o_tracker bytea, OUT o_receipt bytea, OUT o_now text)
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	v_now timestamptz := pg_catalog.clock_timestamp();
	v_session vemre.session;
BEGIN
	o_now := vemre.moment(v_now);
	o_state := 'none';
	SELECT s.* INTO v_session FROM vemre.session s JOIN vemre.voter v ON v.username = s.username AND v.active
		WHERE s.token_sha256 = p_token_sha256 AND s.expires > v_now;
	IF NOT FOUND OR vemre.state(v_now) IS DISTINCT FROM 'open' THEN
		RETURN;
	END IF;
	o_state := v_session.state;
	o_username := v_session.username;
	IF v_session.state = 'code' THEN
		SELECT pg_catalog.right(v.phone, 2),
			vemre.seconds_until(CASE WHEN c.hmac IS NULL THEN v_now ELSE c.expires END, v_now),
			vemre.seconds_until(COALESCE(c.sent + pg_catalog.make_interval(secs => l.resend_seconds), v_now), v_now),
			COALESCE(c.tries_left, 0)
			INTO o_phone_end, o_expires_in, o_resend_in, o_tries_left
			FROM vemre.voter v LEFT JOIN vemre.code c ON c.username = v.username CROSS JOIN vemre.limits l
			WHERE v.username = v_session.username;
		RETURN;
	END IF;
	SELECT v.district, v.credential, b.tracker, b.receipt,
		vemre.seconds_until(v_session.expires, v_now), vemre.seconds_until(e.closes, v_now)
		INTO o_district, o_credential, o_tracker, o_receipt, o_expires_in, o_closes_in
		FROM vemre.voter v LEFT JOIN vemre.ballot b ON b.credential = v.credential CROSS JOIN vemre.election e
		WHERE v.username = v_session.username;
	-- A ballot whose commit was cut off while it waited for the standby is there, and on one disk only. The lock is
	-- written to the log: this commit comes after it, so that no receipt is told before the ballot is on both.
	IF o_tracker IS NOT NULL THEN
		PERFORM vemre.commit_waits();
		PERFORM FROM vemre.voter v WHERE v.username = v_session.username FOR KEY SHARE;
	END IF;
END
$$;
COMMENT ON FUNCTION vemre.session_of(bytea) IS 'where a token stands, and what the page shows for it; for vemre_web';

CREATE FUNCTION vemre.logout(p_token_sha256 bytea) RETURNS void
	LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	DELETE FROM vemre.session s WHERE s.token_sha256 = p_token_sha256
$$;
COMMENT ON FUNCTION vemre.logout(bytea) IS 'ends a session; for vemre_web';

GRANT EXECUTE ON FUNCTION vemre.begin_login(text, bytea, bytea, bytea, bytea), vemre.resend_code(bytea, text, bytea),
	vemre.code_failed(text, bytea), vemre.verify_code(bytea, bytea, text, bytea), vemre.session_of(bytea),
	vemre.logout(bytea) TO vemre_web;
GRANT SELECT, UPDATE ON vemre.limits TO vemre_admin;
COMMIT;
