#!/usr/bin/env bats
# Least privilege, on the real database of an opened election: every role logs in and tries everything, table by table and
# function by function as the catalogue has them; what it may is exactly roles.rights, all the rest PostgreSQL refuses.

load voting-server.bash

setup_file() {
	voting_server roles -60 3000 4
	# A role of no right at all, which stands for PUBLIC; that it may come in is this test's doing.
	echo "vemre $(as id -un) vemre_nobody" >>"$WORK/db/data/pg_ident.conf"
	as psql -X -q -h "$DB_SOCKET" -U postgres -d postgres -c "CREATE ROLE vemre_nobody LOGIN" -c "SELECT pg_reload_conf()" >/dev/null
	as "$VEMRE_BUILD/bin/open-election" --config "$VEMRE_CONFIG" --election "$ELECTION" \
		--definition "$ELECTION/definition.json" --system-keys "$WORK/system.pub" >"$WORK/open.log" 2>&1 || { cat "$WORK/open.log"; return 1; }
}
teardown_file() { voting_server_stop; }
setup() { cd "$ROOT" || return 1; }
roles() { as node test/integration/roles.mjs "$@"; }

@test "a role without rights does not even come in" {
	local d
	for d in vemre-simulacro postgres template1 template_vemre; do
		run as psql -X -h "$DB_SOCKET" -U vemre_nobody -d "$d" -c "SELECT 1"
		[ "$status" = 2 ] && [[ $output == *"permission denied for database"* ]] || { echo "$d: $output"; return 1; }
	done
	for d in web monitor admin; do
		run as psql -X -h "$DB_SOCKET" -U "vemre_$d" -d postgres -c "SELECT 1"
		[ "$status" = 2 ] && [[ $output == *"permission denied for database"* ]] || { echo "$d: $output"; return 1; }
	done
	# the rest of this file lets it in, to try what everybody may
	as psql -X -q -h "$DB_SOCKET" -U postgres -d postgres -c 'GRANT CONNECT ON DATABASE "vemre-simulacro" TO vemre_nobody'
}

@test "the rights of every role are those of roles.rights, no fewer and no more" {
	roles rights >"$WORK/rights"
	diff -u "$BATS_TEST_DIRNAME/roles.rights" "$WORK/rights"
}

@test "a right given beside those is a line more, to a role or to everybody, of a table, a column, a function" {
	local n=0 what grants
	while IFS='|' read -r what grants; do
		as psql -X -q -h "$DB_SOCKET" -U postgres -d vemre-simulacro -v ON_ERROR_STOP=1 -c "GRANT $what TO $grants"
		roles rights >"$WORK/more"
		as psql -X -q -h "$DB_SOCKET" -U postgres -d vemre-simulacro -v ON_ERROR_STOP=1 -c "REVOKE $what FROM $grants"
		run diff "$BATS_TEST_DIRNAME/roles.rights" "$WORK/more"
		[ "$status" = 1 ] && [[ $output == *"> vemre_"* && $output != *$'\n<'* ]] || { echo "$what TO $grants: $output"; return 1; }
		n=$((n + 1))
	done <<-'END'
		SELECT (phone) ON vemre.voter|vemre_monitor
		TRUNCATE ON vemre.journal|vemre_admin
		UPDATE ON vemre.ballot|PUBLIC
		EXECUTE ON FUNCTION vemre.renew_code(text, bytea, boolean, timestamptz)|vemre_web
		EXECUTE ON FUNCTION vemre.close_election()|PUBLIC
		CREATE ON SCHEMA vemre|vemre_web
		pg_read_server_files|vemre_admin
		TEMPORARY ON DATABASE "vemre-simulacro"|vemre_web
	END
	[ "$n" = 8 ]
	roles rights | diff "$BATS_TEST_DIRNAME/roles.rights" -
}

@test "vemre_web: every table, view, column and function, tried" { roles tables vemre_web; }
@test "vemre_admin: every table, view, column and function, tried" { roles tables vemre_admin; }
@test "vemre_monitor: every table, view, column and function, tried" { roles tables vemre_monitor; }
@test "nobody: every table, view, column and function, tried" { roles tables vemre_nobody; }

@test "the functions that run as owner do not follow a hostile search_path" { roles intruder; }

@test "a ballot without a session, with one that waits for its code, or of another's credential is not stored" {
	local v; v=$(sql postgres "SELECT username FROM vemre.voter WHERE active ORDER BY username LIMIT 1")
	cast() { # token, whose credential
		sql vemre_web "SELECT o_outcome FROM vemre.cast_ballot(sha256('$1'), sha256('x'), '$2', 'x', 'xxxxxxxx')"
	}
	local mine other auth
	mine=$(sql postgres "SELECT credential FROM vemre.voter WHERE username = '$v'")
	other=$(sql postgres "SELECT credential FROM vemre.voter WHERE active AND username <> '$v' LIMIT 1")
	auth=$(sql postgres "SELECT auth_sha256 FROM vemre.voter WHERE username = '$v'")
	[ "$(cast none "$mine")" = no-session ]
	[ "$(sql vemre_web "SELECT o_outcome FROM vemre.begin_login('$v', '$auth', sha256('wait'), sha256('code'), NULL)")" = ok ]
	[ "$(cast wait "$mine")" = no-session ]
	[ "$(sql vemre_web "SELECT o_outcome FROM vemre.verify_code(sha256('wait'), sha256('other'), 'ok', sha256('in'))")" = bad-code ]
	[ "$(sql vemre_web "SELECT o_outcome FROM vemre.verify_code(sha256('wait'), sha256('code'), 'ok', sha256('in'))")" = ok ]
	[ "$(cast in "$other")" = not-yours ]
	[ "$(sql postgres "SELECT count(*) FROM vemre.ballot")" = 0 ]
	[ "$(cast in "$mine")" = stored ]
}

@test "the administrator reads nothing of the box before the closing, not by an error's words either" {
	[ "$(sql postgres "SELECT count(*) FROM vemre.ballot")" -gt 0 ]
	[ "$(sql vemre_admin "SELECT count(*) FROM vemre.box")" = 0 ]
	[ "$(sql vemre_admin "SELECT count(*) FROM vemre.box WHERE (encode(tracker, 'hex') || 'x')::integer = 1")" = 0 ]
	[ "$(sql vemre_admin "SELECT count(*) FROM vemre.box WHERE 1 / (octet_length(ballot) - octet_length(ballot)) = 1")" = 0 ]
}

# A role may change its own defaults, whatever is revoked; what a cast's commit waits for is not left to them.
@test "a backend that sets its own defaults does not switch the ballot's commit off" {
	local v mine auth
	sql vemre_web "ALTER ROLE vemre_web SET synchronous_commit = 'off'"
	[ "$(sql vemre_web "SHOW synchronous_commit")" = off ]
	v=$(sql postgres "SELECT username FROM vemre.voter WHERE active ORDER BY username DESC LIMIT 1")
	mine=$(sql postgres "SELECT credential FROM vemre.voter WHERE username = '$v'")
	auth=$(sql postgres "SELECT auth_sha256 FROM vemre.voter WHERE username = '$v'")
	sql vemre_web "SELECT o_outcome FROM vemre.begin_login('$v', '$auth', sha256('wait2'), sha256('code'), NULL)"
	sql vemre_web "SELECT o_outcome FROM vemre.verify_code(sha256('wait2'), sha256('code'), 'ok', sha256('in2'))"
	run as psql -X -q -At -h "$DB_SOCKET" -U vemre_web -d vemre-simulacro -c "BEGIN; SELECT o_outcome FROM vemre.cast_ballot(
		sha256('in2'), sha256('y'), '$mine', 'y', 'yyyyyyyy')" -c "SHOW synchronous_commit" -c "COMMIT"
	sql vemre_web "ALTER ROLE vemre_web SET synchronous_commit = 'on'"
	[ "$output" = "$(printf 'stored\non')" ] || { echo "$output"; return 1; }
}

# A commit that was cut off while it waited for the standby has left a ballot that is on one disk only.
@test "no receipt is told before the standby has the ballot: not by a second cast, not by the session" {
	local mine call answers=()
	mine=$(sql postgres "SELECT b.credential FROM vemre.ballot b WHERE b.tracker = sha256('y')")
	told() { # FUNCTION: what it answers within a second; nothing: it waits
		as timeout 1 psql -X -q -At -h "$DB_SOCKET" -U vemre_web -d vemre-simulacro -c "SELECT * FROM vemre.$1"
	}
	again="cast_ballot(sha256('in2'), sha256('y'), '$mine', 'y', 'yyyyyyyy')"
	[[ $(told "$again") == again* ]]
	sql postgres "ALTER SYSTEM SET synchronous_standby_names = 'nobody'"; sql postgres "SELECT pg_reload_conf()"
	waits() { [ "$(sql postgres "SHOW synchronous_standby_names")" = nobody ]; }
	for _ in {1..50}; do waits && break; sleep 0.1; done
	for call in "$again" "session_of(sha256('in2'))" "cast_session(sha256('in2'))"; do
		run told "$call"
		answers+=("$status $output")
	done
	sql postgres "ALTER SYSTEM RESET synchronous_standby_names"; sql postgres "SELECT pg_reload_conf()"
	for _ in {1..50}; do waits || break; sleep 0.1; done
	[ "${answers[0]}" = "124 " ] && [ "${answers[1]}" = "124 " ] && [[ ${answers[2]} == "0 in"*t ]] ||
		{ printf '%s\n' "${answers[@]}"; return 1; }
	[[ $(told "session_of(sha256('in2'))") == *7979797979797979* ]]
}

@test "what no role may do is refused to each" {
	local r
	sql vemre_monitor "SELECT vemre.journal_seal()" # now there is a row of everything
	for r in vemre_web vemre_admin vemre_monitor vemre_nobody vemre_owner; do roles forbidden "$r"; done
}

@test "the limits of codes can be changed by the administrator, not taken away" {
	sql vemre_admin "UPDATE vemre.limits SET code_tries = 2, codes_per_hour = 20"
	for l in "code_tries = 1000000" "codes_per_hour = 1000000" "code_seconds = 86400" "code_tries = 0"; do
		run sql vemre_admin "UPDATE vemre.limits SET $l"
		[ "$status" = 1 ] && [[ $output == *"violates check constraint"* ]] || { echo "$output"; return 1; }
	done
	run sql vemre_admin "INSERT INTO vemre.limits (only_one) VALUES (true)"
	[ "$status" = 1 ] && [[ $output == *"permission denied"* ]]
}
