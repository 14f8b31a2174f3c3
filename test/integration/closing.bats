#!/usr/bin/env bats
# Closing while casts are in flight (numerals 27, 28): each is in the box, or refused; every count agrees. The casts go
# through vemre.cast_ballot as vemre_web, ten connections at once, straddling the closing second, with close-election
# --wait beside them; their ballots' bytes are nobody's (the backend checks those before it calls).
# VEMRE_CASTS: how many (500; ./test/run --all: 5000). VEMRE_BOX: ballots of the large box (100,000; --all: a million).

load voting-server

setup_file() {
	. "$BATS_TEST_DIRNAME/voting-server.bash"
	export CASTS=${VEMRE_CASTS:-500} WORKERS=10
	voting_server closing -60 3600 "$CASTS" >&2 && voting_server_open >&2
}
teardown_file() {
	. "$BATS_TEST_DIRNAME/voting-server.bash"
	voting_server_stop
}
setup() { . "$BATS_TEST_DIRNAME/voting-server.bash"; voting_server_env; }

@test "casts in flight at the closing second: in whole with a receipt, or refused; counts agree" {
	local i
	sql postgres "INSERT INTO vemre.session SELECT sha256(convert_to('t' || username, 'UTF8')), username, 'in', now() + interval '20 minutes' FROM vemre.voter WHERE NOT spare" >/dev/null
	# Half of the work is done when the closing comes.
	for ((i = 0; i < WORKERS; i++)); do
		sql postgres "SELECT format('SELECT %L, o_outcome FROM vemre.cast_ballot(%L, %L, %L, %L, %L); SELECT pg_sleep(%s);',
			encode(sha256(convert_to('k' || username, 'UTF8')), 'hex'), sha256(convert_to('t' || username, 'UTF8')),
			sha256(convert_to('k' || username, 'UTF8')), credential, convert_to('boleta ' || username, 'UTF8'), decode(repeat('30', 16), 'hex'),
			8.0 * $WORKERS / $CASTS)
			FROM (SELECT *, row_number() OVER (ORDER BY username) AS n FROM vemre.voter WHERE NOT spare) v WHERE n % $WORKERS = $i" >"$WORK/casts-$i.sql"
	done
	chmod 644 "$WORK"/casts-*.sql
	sql_hidden "UPDATE vemre.election SET closes = now() + interval '5 seconds'"
	as "$VEMRE_BUILD/bin/close-election" --config "$VEMRE_CONFIG" --election "$ELECTION" --wait >"$WORK/close.log" 2>&1 3>&- & local closing=$!
	for ((i = 0; i < WORKERS; i++)); do
		as psql -X -Atq -h "$DB_SOCKET" -U vemre_web -d vemre-simulacro -f "$WORK/casts-$i.sql" >"$WORK/cast-$i.out" 2>"$WORK/cast-$i.err" 3>&- &
	done
	wait "$closing" || { cat "$WORK/close.log"; return 1; }
	wait
	cat "$WORK"/cast-*.err >&2
	grep -h '|stored$' "$WORK"/cast-*.out | cut -d'|' -f1 | sort >"$WORK/stored"
	grep -h '|closed$\||no-session$' "$WORK"/cast-*.out | cut -d'|' -f1 | sort >"$WORK/refused"
	local stored refused; stored=$(wc -l <"$WORK/stored"); refused=$(wc -l <"$WORK/refused")
	echo "stored $stored, refused $refused" >&3
	[ $((stored + refused)) -eq "$CASTS" ]
	[ "$stored" -gt 0 ] && [ "$refused" -gt 0 ]
	[ "$(sql postgres 'SELECT count(*) FROM vemre.ballot')" = "$stored" ]
	[ "$(sql postgres 'SELECT ballots FROM vemre.closing')" = "$stored" ]
	[ "$(sql postgres 'SELECT sum(ballots) FROM vemre.participation')" = "$stored" ]
	[ "$(sql postgres 'SELECT count(*) FROM vemre.session')" = 0 ]
	[ "$(jq .ballots "$ELECTION/record/seal.json")" = "$stored" ]
	[ "$(jq .ballots "$ELECTION/documents/closing-report.json")" = "$stored" ]
	[ "$(od -An -tu1 -j36 -N8 "$ELECTION/record/encrypted-votes.box" | awk '{n=0; for (i=1;i<=NF;i++) n=n*256+$i; print n}')" = "$stored" ]
	sql postgres "SELECT encode(tracker, 'hex') FROM vemre.ballot ORDER BY 1" >"$WORK/in-box"
	cmp "$WORK/stored" "$WORK/in-box"
}

@test "run again: the same box, byte for byte; the report stays; nobody votes any more" {
	local before; before=$(cd "$ELECTION" && sha256sum record/encrypted-votes.box record/seal.json documents/closing-report.json documents/reporte-de-cierre.pdf)
	run as "$VEMRE_BUILD/bin/close-election" --config "$VEMRE_CONFIG" --election "$ELECTION"
	[ "$status" = 0 ] || { echo "$output"; return 1; }
	[ "$before" = "$(cd "$ELECTION" && sha256sum record/encrypted-votes.box record/seal.json documents/closing-report.json documents/reporte-de-cierre.pdf)" ]
	pdftotext -layout "$ELECTION/documents/reporte-de-cierre.pdf" - | grep -q 'journal/server.jsonl'
}

# Ballots of 1,200 bytes put beside those that were cast, as the cluster's superuser; then everything of the closing anew.
@test "a large box is exported in little memory: it streams" {
	local n=${VEMRE_BOX:-100000} peak; [ -z "${VEMRE_ALL:-}" ] || n=${VEMRE_BOX:-1000000}
	sql_hidden "INSERT INTO vemre.ballot SELECT sha256(convert_to('grande' || i, 'UTF8')), convert_to('c' || i, 'UTF8'), '09',
		decode(repeat(md5(i::text), 75), 'hex'), decode(repeat('30', 16), 'hex') FROM generate_series(1, $n) i" >/dev/null
	sql_hidden "UPDATE vemre.closing SET ballots = (SELECT count(*) FROM vemre.ballot)" >/dev/null
	rm "$ELECTION"/record/{encrypted-votes.box,seal.json} "$ELECTION"/documents/{closing-report.json,reporte-de-cierre.pdf}
	# The most that was resident at any time, as the kernel keeps it, asked until the end.
	as perl -e 'my $pid = fork // die; exec @ARGV or die unless $pid; my $peak = 0; use POSIX ":sys_wait_h";
		while (waitpid($pid, WNOHANG) == 0) { if (open my $f, "<", "/proc/$pid/status") { while (<$f>) { $peak = $1 if /^VmHWM:\s+(\d+)/ } }
			select undef, undef, undef, 0.01 } my $status = $?; print "peak $peak\n"; exit($status >> 8)' \
		"$VEMRE_BUILD/bin/close-election" --config "$VEMRE_CONFIG" --election "$ELECTION" >"$WORK/large.log" 2>&1 || { cat "$WORK/large.log"; return 1; }
	peak=$(sed -n 's/^peak //p' "$WORK/large.log")
	echo "$n ballots more, a box of $(($(stat -c %s "$ELECTION/record/encrypted-votes.box") >> 20)) MiB: at most $((peak >> 10)) MiB resident" >&3
	[ "$(stat -c %s "$ELECTION/record/encrypted-votes.box")" -gt $((n * 1200)) ]
	[ "$peak" -gt 4096 ] && [ "$peak" -lt 65536 ]
	[ "$(jq .ballots "$ELECTION/record/seal.json")" = "$(sql postgres 'SELECT count(*) FROM vemre.ballot')" ]
	# Again: the box that is there is compared with another export, and that streams too.
	run as "$VEMRE_BUILD/bin/close-election" --config "$VEMRE_CONFIG" --election "$ELECTION"
	[ "$status" = 0 ] || { echo "$output"; return 1; }
}
