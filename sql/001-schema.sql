BEGIN;
CREATE SCHEMA vemre CREATE TABLE migration (number integer PRIMARY KEY, name text NOT NULL, applied timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp());
INSERT INTO vemre.migration (number, name) VALUES (1, 'schema');

-- Tables of one election's database. vemre_web gets no right to any of them: it executes functions (002, 003).

COMMENT ON SCHEMA vemre IS 'one election';
COMMENT ON TABLE vemre.migration IS 'the numbered files of sql/ that were run; written by each of them';

REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE vemre_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
GRANT USAGE ON SCHEMA vemre TO vemre_web, vemre_monitor, vemre_admin;

CREATE FUNCTION vemre.refuse_change() RETURNS trigger
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RAISE EXCEPTION 'vemre.% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;
COMMENT ON FUNCTION vemre.refuse_change() IS 'the trigger of what may only be added to';

CREATE TABLE vemre.election (
	only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
	slug text NOT NULL CHECK (slug ~ '^[a-z0-9-]{1,40}$'),
	eid bytea NOT NULL CHECK (octet_length(eid) = 32),
	credentials_sha256 bytea NOT NULL CHECK (octet_length(credentials_sha256) = 32),
	opens timestamptz NOT NULL,
	closes timestamptz NOT NULL,
	session_minutes integer NOT NULL CHECK (session_minutes BETWEEN 1 AND 240),
	simulation boolean NOT NULL,
	opened timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	CHECK (opens < closes)
);
COMMENT ON TABLE vemre.election IS 'the one election; written once, by open-election; read by every function';

CREATE TABLE vemre.closing (
	only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
	closed timestamptz NOT NULL,
	ballots bigint NOT NULL CHECK (ballots >= 0)
);
COMMENT ON TABLE vemre.closing IS 'there is a row once the election is closed; written once, by close_election()';

-- Bounded, so that whoever is vemre_admin cannot let six digits be guessed.
CREATE TABLE vemre.limits (
	only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
	code_seconds integer NOT NULL DEFAULT 300 CHECK (code_seconds BETWEEN 1 AND 3600),
	code_tries integer NOT NULL DEFAULT 3 CHECK (code_tries BETWEEN 1 AND 5),
	resend_seconds integer NOT NULL DEFAULT 60 CHECK (resend_seconds > 0),
	codes_per_hour integer NOT NULL DEFAULT 10 CHECK (codes_per_hour BETWEEN 1 AND 100),
	synthetic_codes_per_hour integer NOT NULL DEFAULT 30 CHECK (synthetic_codes_per_hour BETWEEN 1 AND 100),
	address_failures integer NOT NULL DEFAULT 30 CHECK (address_failures > 0),
	address_seconds integer NOT NULL DEFAULT 600 CHECK (address_seconds > 0)
);
COMMENT ON TABLE vemre.limits IS 'codes and slow-down; the operator may change them (vemre_admin); read by the log-in';
INSERT INTO vemre.limits DEFAULT VALUES;

CREATE TABLE vemre.district (
	id text PRIMARY KEY CHECK (id ~ '^[a-z0-9-]{1,40}$' AND id <> 'rest')
);
COMMENT ON TABLE vemre.district IS 'districts of the definition; written by open-election';

CREATE TABLE vemre.voter (
	username text PRIMARY KEY CHECK (username ~ '^[0-9A-Z._-]{1,40}$'),
	auth_sha256 bytea NOT NULL CHECK (octet_length(auth_sha256) = 32),
	phone text CHECK (phone ~ '^[+][0-9]{7,15}$'),
	district text NOT NULL REFERENCES vemre.district,
	credential bytea UNIQUE CHECK (octet_length(credential) = 65),
	spare boolean NOT NULL,
	active boolean NOT NULL,
	synthetic boolean NOT NULL DEFAULT false,
	UNIQUE (credential, district),
	CHECK (phone IS NOT NULL OR NOT active),
	CHECK (synthetic = (credential IS NULL)),
	CHECK (NOT (synthetic AND spare))
);
COMMENT ON TABLE vemre.voter IS 'who may log in, with what; written by open-election (and by a reissue, later); read by the log-in';
COMMENT ON COLUMN vemre.voter.auth_sha256 IS 'SHA-256 of the secret that the page derives from the password (PROTOCOL 4)';
COMMENT ON COLUMN vemre.voter.active IS 'false: a spare not given, or a credential replaced';
COMMENT ON COLUMN vemre.voter.synthetic IS 'the monitor''s account (010): no credential, and every ballot is some voter''s credential: it can never cast';
CREATE UNIQUE INDEX voter_synthetic ON vemre.voter (synthetic) WHERE synthetic;
-- Nobody is given another credential, and the monitor's account never one.
CREATE TRIGGER credential_stays BEFORE UPDATE ON vemre.voter FOR EACH ROW
	WHEN (OLD.credential IS DISTINCT FROM NEW.credential OR OLD.synthetic <> NEW.synthetic)
	EXECUTE FUNCTION vemre.refuse_change();
ALTER TABLE vemre.voter ENABLE ALWAYS TRIGGER credential_stays;

CREATE TABLE vemre.code (
	username text PRIMARY KEY REFERENCES vemre.voter,
	hmac bytea CHECK (octet_length(hmac) = 32),
	sent timestamptz,
	expires timestamptz,
	tries_left integer NOT NULL DEFAULT 0 CHECK (tries_left >= 0),
	hour_began timestamptz NOT NULL,
	in_hour integer NOT NULL
);
COMMENT ON TABLE vemre.code IS 'the one live SMS code of a voter, as a keyed hash; written and read by the log-in';
COMMENT ON COLUMN vemre.code.hmac IS 'null: there is no live code';

CREATE TABLE vemre.session (
	token_sha256 bytea PRIMARY KEY CHECK (octet_length(token_sha256) = 32),
	username text NOT NULL REFERENCES vemre.voter,
	state text NOT NULL CHECK (state IN ('code', 'in')),
	expires timestamptz NOT NULL,
	UNIQUE (username, state)
);
COMMENT ON TABLE vemre.session IS 'at most one session of a voter, and at most one log-in waiting for its code; a password alone ends nobody''s session';

-- What guesses passwords is slowed down by address. A keyed hash of the address, never the address; lost at a crash.
CREATE UNLOGGED TABLE vemre.slow_down (
	address bytea PRIMARY KEY CHECK (octet_length(address) = 32),
	began timestamptz NOT NULL,
	failures integer NOT NULL
);
COMMENT ON TABLE vemre.slow_down IS 'failed log-ins by keyed hash of the address; written and read by the log-in';

CREATE TABLE vemre.ballot (
	tracker bytea PRIMARY KEY CHECK (octet_length(tracker) = 32),
	credential bytea NOT NULL UNIQUE,
	district text NOT NULL,
	ballot bytea NOT NULL CHECK (octet_length(ballot) BETWEEN 1 AND 32768),
	receipt bytea NOT NULL CHECK (octet_length(receipt) BETWEEN 8 AND 72),
	FOREIGN KEY (credential, district) REFERENCES vemre.voter (credential, district)
);
COMMENT ON TABLE vemre.ballot IS 'the box: no time, no address, no session; written by cast_ballot() alone, read by close-election';
COMMENT ON COLUMN vemre.ballot.receipt IS 'a system key''s signature over the tracker (PROTOCOL 8)';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON vemre.ballot FOR EACH ROW EXECUTE FUNCTION vemre.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON vemre.ballot FOR EACH STATEMENT EXECUTE FUNCTION vemre.refuse_change();
ALTER TABLE vemre.ballot ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE vemre.ballot ENABLE ALWAYS TRIGGER no_truncate;
-- Ballots are what there is most of; their bytes do not compress.
ALTER TABLE vemre.ballot ALTER COLUMN ballot SET STORAGE EXTERNAL;

-- Sixteen counters an hour, so that casts do not wait for each other's commit.
CREATE TABLE vemre.participation (
	hour timestamptz,
	shard integer,
	ballots bigint NOT NULL,
	PRIMARY KEY (hour, shard)
);
COMMENT ON TABLE vemre.participation IS 'ballots by the hour; written by cast_ballot(), read by counters';

CREATE TABLE vemre.journal (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	event text NOT NULL CHECK (event ~ '^[a-z-]{1,40}$'),
	reference text CHECK (reference ~ '^[0-9A-Z]{8}$'),
	detail text CHECK (octet_length(detail) <= 1000)
);
COMMENT ON TABLE vemre.journal IS 'bitácora of the server: never a secret, never what links a voter to a ballot; chained by journal_seal()';
CREATE TABLE vemre.journal_link (
	line_no bigint PRIMARY KEY,
	id bigint NOT NULL UNIQUE REFERENCES vemre.journal,
	line text NOT NULL,
	sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32)
);
COMMENT ON TABLE vemre.journal_link IS 'each line of the journal with the SHA-256 of the one before inside; written by journal_seal()';
DO $$
DECLARE
	v_table text;
BEGIN
	FOREACH v_table IN ARRAY ARRAY['election', 'closing', 'journal', 'journal_link', 'migration'] LOOP
		EXECUTE pg_catalog.format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON vemre.%I FOR EACH ROW EXECUTE FUNCTION vemre.refuse_change()', v_table);
		EXECUTE pg_catalog.format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON vemre.%I FOR EACH STATEMENT EXECUTE FUNCTION vemre.refuse_change()', v_table);
	END LOOP;
END
$$;
COMMIT;
