#!/usr/bin/env bats
# The state machine of voter and election (model.mjs) against the real database; a few seconds of it, with VEMRE_ALL=1 four
# minutes. VEMRE_SEED repeats a run. And that it finds what is broken: functions with a rule taken out.

load voting-server.bash

setup_file() {
	voting_server model -60 3000 4
	as "$VEMRE_BUILD/bin/open-election" --config "$VEMRE_CONFIG" --election "$ELECTION" \
		--definition "$ELECTION/definition.json" --system-keys "$WORK/system.pub" >"$WORK/open.log" 2>&1 || { cat "$WORK/open.log"; return 1; }
}
teardown_file() { voting_server_stop; }
setup() { cd "$ROOT" || return 1; }
model() { run as node test/integration/model.mjs "$@"; }

@test "random sequences of calls: the database answers as the model, and the invariants hold after every step" {
	local seconds=6
	[ -z "${VEMRE_ALL:-}" ] || seconds=240
	model "$seconds" ${VEMRE_SEED:-}
	[ "$status" = 0 ] || { echo "$output"; return 1; }
	echo "# ${lines[*]}" >&3
}

# broken FUNCTION RULE INSTEAD WORDS: with the rule replaced in the function it fails, in WORDS; then it is put back.
broken() {
	local right wrong
	right=$(sql postgres "SELECT pg_get_functiondef('vemre.$1'::regproc)")
	[[ $right == *"$2"* ]] || { echo "$1 has no «$2»"; return 1; }
	wrong=${right/"$2"/"$3"}
	sql postgres "$wrong" >/dev/null
	model 90 7
	sql postgres "$right" >/dev/null
	[ "$status" = 1 ] && [[ $output == *"$4"* ]] || { echo "$1 without «$2»: $output"; return 1; }
	[ "$(grep -c '^{' <<<"$output")" -le 8 ] || { echo "not shrunk: $output"; return 1; }
}
@test "a rule taken out of a function is found, and what shows it is a few steps long" {
	broken cast_ballot "v_voter.credential IS DISTINCT FROM p_credential" "false" "cast_ballot: the model says not-yours"
}
@test "more rules taken out, each found" {
	[ -n "${VEMRE_ALL:-}" ] || skip "two minutes: VEMRE_ALL=1"
	broken state "p_now >= e.closes OR" "" ""
	broken cast_ballot "s.state = 'in' AND" "" "cast_ballot"
	broken verify_code "v_code.hmac <> p_code_hmac" "false" "verify_"
	broken verify_code "DELETE FROM vemre.session s WHERE s.username = v_username;" "DELETE FROM vemre.session s WHERE s.token_sha256 = p_token_sha256;" ""
	broken reissue "WHEN EXISTS (SELECT FROM vemre.ballot b WHERE b.credential = p_old) THEN 'voted'" "" "reissue"
	broken renew_code "ELSE v_limits.codes_per_hour END" "ELSE 1000 END" "the model says slow-down"
	broken begin_login "DELETE FROM vemre.session s WHERE s.username = p_username AND s.state = 'code';" "" ""
}
@test "an authenticator app's rules taken out, each found" {
	broken verify_totp "AND t.last_step < p_step" "" "verify_totp: "
	[ -n "${VEMRE_ALL:-}" ] || return 0 # the first alone; the others take four minutes
	broken verify_totp "UPDATE vemre.totp t SET last_step = p_step" "UPDATE vemre.totp t SET last_step = t.last_step" "authenticator apps"
	broken verify_totp "t.secret IS NOT NULL AND " "" "verify_totp: "
	broken verify_totp "IF o_outcome = 'ok' THEN" "IF FOUND THEN" "authenticator apps"
	broken verify_totp "p_place, p_new_token_sha256) r" "'ok', p_new_token_sha256) r" "verify_totp: the model says"
	broken verify_totp "FROM vemre.verify_code(p_token_sha256, v_hmac," "FROM vemre.verify_code(p_token_sha256, COALESCE(NULLIF(v_hmac,
		pg_catalog.decode(pg_catalog.repeat('00', 32), 'hex')), (SELECT c.hmac FROM vemre.code c WHERE c.username = v_username))," \
		"verify_totp: "
	broken totp_confirm "t.username = s.username AND t.pending = p_pending" "t.username = s.username" "totp_confirm: the model says f"
	broken totp_confirm "pending = NULL, last_step = p_step" "pending = NULL" "authenticator apps"
	broken totp_confirm "s.state = 'in' AND " "" "totp_confirm: the model says f"
	broken totp_begin "s.state = 'in' AND " "" "totp_begin: the model says f"
	broken totp_begin " AND s.expires > pg_catalog.clock_timestamp()" "" "totp_begin: the model says f"
	broken totp_begin "SET pending = excluded.pending" "SET secret = excluded.pending" ""
	broken totp_of "s.token_sha256 = p_token_sha256 AND " "" "totp_of: the model says"
}
