#!/usr/bin/env bats
# The voting server on real parts: PostgreSQL, SoftHSM, nginx with TLS, Kannel; every refusal of doc/api.md, the rights of
# the database's roles, opening and closing. One election of about two and a half minutes, the tests in order.
#
# VEMRE_TEST_WINDOW: seconds from the opening to the closing (default 140). The rest: voting-server.bash.

load voting-server.bash

setup_file() { voting_server server -60 "${VEMRE_TEST_WINDOW:-140}" 10; }
teardown_file() { voting_server_stop; }
setup() { voting_server_env; }

open_election() {
	run as "$VEMRE_BUILD/bin/open-election" --config "$VEMRE_CONFIG" --election "$ELECTION" \
		--definition "$ELECTION/definition.json" --system-keys "$WORK/system.pub" "$@"
}
close_election() { run as "$VEMRE_BUILD/bin/close-election" --config "$VEMRE_CONFIG" --election "$ELECTION" "$@"; }
voter() { as node test/integration/server.mjs "$@"; }
without() { # file, then a command: the file is away meanwhile
	mv "$1" "$1.away"
	shift
	"$@"
}
back() { mv "$1.away" "$1"; }
said() { # status, words
	[ "$status" -eq "$1" ] && [[ $output == *"$2"* ]] || { echo "status $status: $output"; return 1; }
}

@test "the definition's faults are said" {
	run as "$VEMRE_BUILD/bin/open-election" --check "$ELECTION/definition.json"
	said 0 "no tiene faltas"
	as sed 's/"candidate": "tres"/"candidate": "nadie"/; s/"id": "21"/"id": "rest"/' "$ELECTION/definition.json" > "$WORK/bad.json"
	run as "$VEMRE_BUILD/bin/open-election" --check "$WORK/bad.json"
	said 3 "contests[0].options[5]"
	said 3 "districts[2]"
}

@test "opening: each missing step is named" {
	without "$ELECTION/record/keys.json" open_election
	back "$ELECTION/record/keys.json"
	said 5 keygen-ceremony
	without "$ELECTION/record/credentials.csv" open_election
	back "$ELECTION/record/credentials.csv"
	said 5 enroll-voters
	without "$ELECTION/enrolment/server-load.csv" open_election
	back "$ELECTION/enrolment/server-load.csv"
	said 5 server-load.csv
	run as "$VEMRE_BUILD/bin/open-election" --config "$VEMRE_CONFIG" --election "$ELECTION" --definition "$ELECTION/definition.json"
	said 5 system-signer
	close_election
	said 5 open-election
}

@test "opening: files that do not agree are refused and nothing is left" {
	local load=$ELECTION/enrolment/server-load.csv
	cp -p "$load" "$WORK/load"
	sed 's/^VOTER003/VOTER004/' "$WORK/load" > "$load"
	open_election
	said 3 "VOTER004 aparece 2 veces"
	sed 2d "$WORK/load" > "$load"
	open_election
	said 3 "no tiene línea en el archivo de carga"
	sed '2s/,09,/,14,/' "$WORK/load" > "$load"
	open_election
	said 3 "credentials.csv dice 09"
	sed '3s/+1555/1555/' "$WORK/load" > "$load"
	open_election
	said 3 "línea 3: el teléfono"
	sed '4s/,04[0-9a-f]\{4\}\([0-9a-f]*,[vs]\)$/,040000\1/' "$WORK/load" > "$load"
	open_election
	said 3 "línea 4: la credencial"
	cp -p "$WORK/load" "$load"
	mv "$ELECTION/emblem.svg" "$WORK/emblem.svg"
	open_election
	said 3 "parties[0].emblem: falta"
	as sed 's/#fff/#eee/' "$WORK/emblem.svg" > "$ELECTION/emblem.svg"
	open_election
	said 3 "no tiene el SHA-256 que dice la definición"
	mv "$WORK/emblem.svg" "$ELECTION/emblem.svg"
	[ ! -e "$ELECTION/record/opening.json" ] && [ ! -e "$ELECTION/record/election.json" ]
	[ -z "$(as psql -X -At -h "$DB_SOCKET" -U postgres -d postgres -c "SELECT datname FROM pg_database WHERE datname LIKE 'vemre%'")" ]
}

@test "opening: another system than the certified one is refused, by name" {
	as "$VEMRE_BUILD/bin/open-election" --system-hash --database --config "$VEMRE_CONFIG" | sed '$d' > "$WORK/manifest"
	[ "$(sha256sum < "$WORK/manifest" | cut -d' ' -f1)" = "$(as "$VEMRE_BUILD/bin/open-election" --system-hash --database --config "$VEMRE_CONFIG" | tail -n 1)" ]
	sed -e 's/^0/1/;s/^[1-9a-f]/0/' -e '/sql\/003/d' "$WORK/manifest" > "$WORK/manifest.bad"
	open_election --certified "$WORK/manifest.bad"
	said 3 "programs/open-election: no es el archivo certificado"
	said 3 "server/sql/003-cast.sql: no está en el manifiesto certificado"
}

@test "opening: a balancer that invents addresses is refused outside a simulacro" {
	mkdir -p "$WORK/real/record"
	chmod -R a+rwX "$WORK/real"
	as cp -r "$ELECTION/." "$WORK/real/"
	as sed 's/"simulation": true/"simulation": false/' "$ELECTION/definition.json" > "$WORK/real/definition.json"
	as mkdir -p "$WORK/web/nginx"
	as cp fcgi/nginx/balancer.conf.in "$WORK/web/nginx/balancer.conf"
	run as "$VEMRE_BUILD/bin/open-election" --config "$VEMRE_CONFIG" --election "$WORK/real" \
		--definition "$WORK/real/definition.json" --system-keys "$WORK/system.pub"
	said 6 "solo sirve en un simulacro"
}

@test "opening: the database starts at zero; a second time is refused" {
	open_election --certified "$WORK/manifest"
	said 0 "Votos en la urna: 0"
	[ -s "$ELECTION/record/opening.json" ] && [ -s "$ELECTION/record/election.json" ]
	[ -s "$ELECTION/documents/initial-report.txt" ]
	cmp "$ELECTION/definition.json" "$ELECTION/record/election.json"
	open_election
	said 5 "ya se abrió"
}

@test "the servers start; --check-config agrees" {
	as ceremony-scripts/parts/web start "$WORK/web"
	run as "$VEMRE_BUILD/bin/vemre-backend" --config "$VEMRE_CONFIG" --election "$ELECTION" --check-config
	said 0 "la configuración es correcta"
	# the same election, said to be a real one: the backend refuses the balancer
	as cp "$ELECTION/record/"* "$WORK/real/record/"
	as cp "$WORK/real/definition.json" "$WORK/real/record/election.json"
	run as "$VEMRE_BUILD/bin/vemre-backend" --config "$VEMRE_CONFIG" --election "$WORK/real" --check-config
	said 6 "solo sirve en un simulacro"
}

@test "backend, signer and sender have confined themselves, every thread; no core file, memory locked" {
	local name pid status
	for name in backend signer messages; do
		pid=$(as cat "$WORK/web/run/$name.pid")
		for status in /proc/"$pid"/task/*/status; do
			[ "$(awk '/^(NoNewPrivs|Seccomp):/ { printf "%s ", $2 }' "$status")" = "1 2 " ] || { echo "$name: $status"; return 1; }
		done
		grep -qE '^Max core file size +0 +0 ' "/proc/$pid/limits"
		[ "$(awk '/^VmLck/ { print $2 }' "/proc/$pid/status")" -ge 256 ]
	done
	[ "$(ls "/proc/$(as cat "$WORK/web/run/backend.pid")/task" | wc -l)" -gt 32 ]
}

@test "status, the public record, headers; nothing else is served" {
	voter status
	voter headers
}

@test "each role has its rights and no more" {
	local t
	for t in ballot voter session code slow_down election closing journal journal_link limits participation load_voter box migration entry sample; do
		run sql vemre_web "SELECT count(*) FROM vemre.$t"
		said 1 "permission denied"
		run sql vemre_web "INSERT INTO vemre.$t DEFAULT VALUES"
		[ "$status" -ne 0 ]
	done
	for t in "vemre.close_election()" "vemre.journal_seal()" "vemre.renew_code('VOTER001', '\\x00', true, now())" "vemre.load_faults()"; do
		run sql vemre_web "SELECT $t"
		said 1 "permission denied"
	done
	run sql vemre_web "CREATE TEMP TABLE t (a integer)"
	said 1 "permission denied"
	run sql vemre_monitor "SELECT count(*) FROM vemre.voter"
	said 1 "permission denied"
	run sql vemre_monitor "SELECT o_ballots FROM vemre.counters()"
	said 0 0
	run sql vemre_admin "SELECT count(*) FROM vemre.ballot"
	said 1 "permission denied"
	run sql vemre_web "SELECT o_state FROM vemre.status()"
	said 0 open
}

@test "a request of another form" { voter bad-request; }
@test "before the opening" {
	# The election's row may not change, so the database's clock is moved by hiding it: as superuser, and put back.
	as psql -X -q -h "$DB_SOCKET" -U postgres -d vemre-simulacro -c "SET session_replication_role = replica; UPDATE vemre.election SET opens = opens + interval '5 minutes', closes = closes + interval '5 minutes'"
	run voter before-opening
	as psql -X -q -h "$DB_SOCKET" -U postgres -d vemre-simulacro -c "SET session_replication_role = replica; UPDATE vemre.election SET opens = opens - interval '5 minutes', closes = closes - interval '5 minutes'"
	said 0 ""
}
@test "wrong password, unknown user name: same words, same time" { voter wrong-password; }
@test "wrong code, three times; resending; the live code" { voter wrong-code; }
@test "without the CSRF token; a new token after the code" { voter csrf; }
@test "log-out" { voter logout; }
@test "inside the national territory" { voter inside-mexico; }
@test "an address of no country" { voter unknown-place; }
@test "a vote; tampered; once more; a second one" { voter a-vote; }
@test "a ballot of another credential" { voter foreign-ballot; }
@test "six ballots at once: one is stored" { voter two-at-once; }
@test "one session per voter" { voter one-session; }
@test "an address that guesses is slowed down" { voter slow-down; }

@test "a stored ballot cannot be changed, by the owner either" {
	run sql vemre_owner "SELECT count(*) FROM vemre.ballot"
	said 0 2
	local s
	for s in "DELETE FROM vemre.ballot" "UPDATE vemre.ballot SET receipt = ballot" "TRUNCATE vemre.ballot" \
		"DELETE FROM vemre.journal" "UPDATE vemre.election SET closes = closes + interval '1 day'"; do
		run sql vemre_owner "$s"
		said 1 "append-only"
	done
}

@test "the signer away: nothing is stored; the database away: the end is unknown" {
	voter helpers-away "$WORK"
}

@test "the server's journal and logs name nobody and hold no code" {
	[ "$(sql vemre_owner "SELECT count(*) FROM vemre.journal WHERE event = 'refused'")" -gt 20 ]
	[ "$(sql vemre_owner "SELECT count(*) FROM vemre.journal WHERE event NOT IN ('opened', 'journal-head') AND (detail LIKE '%VOTER%' OR detail ~ '[0-9]{6}')")" = 0 ]
	voter codes > "$WORK/codes"
	[ "$(wc -l < "$WORK/codes")" -gt 8 ]
	printf '%s\n' VOTER00 1555 >> "$WORK/codes"
	jq -r '.[].password' "$ELECTION/voters.json" > "$WORK/passwords"
	[ "$(grep -cE '^[0-9A-Z]{20}$' "$WORK/passwords")" = "$(jq length "$ELECTION/voters.json")" ]
	as pg_dump -h "$DB_SOCKET" -U postgres vemre-simulacro > "$WORK/dump"
	grep -q VOTER00 "$WORK/dump"
	run grep -cF -f "$WORK/passwords" "$WORK/dump"
	said 1 0
	cat "$WORK/passwords" >> "$WORK/codes"
	run as grep -hwF -f "$WORK/codes" "$WORK"/web/run/*.log "$WORK/db/postgresql.log"
	[ "$status" -eq 1 ] || { echo "$output"; false; }
}

@test "closing: too early is refused; a cast across the closing too" {
	close_election
	said 6 "faltan"
	[ ! -e "$ELECTION/record/seal.json" ]
	as node test/integration/server.mjs cast-across-closing > "$WORK/across" 2>&1 &
	local across=$!
	for _ in $(seq 100); do grep -q ready "$WORK/across" && break; sleep 0.1; done
	grep -q ready "$WORK/across"
	close_election --wait
	said 0 "votos en la urna: 3"
	wait $across || { cat "$WORK/across"; false; }
	voter after-closing
	[ -s "$ELECTION/record/encrypted-votes.box" ] && [ -e "$ELECTION/record/reissues.csv" ]
	[ "$(sql vemre_owner "SELECT count(*) FROM vemre.session")" = 0 ]
}

@test "closing again: the same bytes, said; another box is named and not overwritten" {
	sha256sum "$ELECTION"/record/* > "$WORK/before"
	close_election
	said 0 "ya estaba"
	sha256sum -c --quiet "$WORK/before"
	printf x >> "$ELECTION/record/encrypted-votes.box"
	close_election
	said 3 "no es lo que la base de datos contiene"
	truncate -s -1 "$ELECTION/record/encrypted-votes.box"
	sha256sum -c --quiet "$WORK/before"
}

@test "the record as closed: an independent reader of the box agrees" {
	voter box
}
