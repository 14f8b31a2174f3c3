# For test/faults: the voting server of test/integration/voting-server.bash with voters who have live sessions and sealed
# ballots, its parts' processes, and one row of the table.
#
#   faults_server VOTERS         a server open for an hour; exports CASTS, sets next=0
#   begin NAME [RATE]            the voters of a row begin; end_row TIMES NOTE ends it: the oracle, and the row printed
#   hit                          now a fault is made (for the time until casts went on)
#   pids PART                    the processes of backend, signer, site (nginx), postmaster, and one of PostgreSQL's backends
#   revive PART                  starts it again as a service manager would: at once, whatever state it was left in

faults_server() {
	[ "$(id -u)" -ne 0 ] || { echo "as somebody who is not root: ceremony-scripts/unprivileged var/test test/faults/run" >&2; return 1; }
	export VEMRE_RATE_API=1000000r/s VEMRE_CONNECTIONS=4096
	voting_server faults -60 7200 "$1" && faults_settings && voting_server_open && voting_server_env || return 1
	as mkdir -p "$WORK/load" && RUN=$WORK/web/run CASTS=$WORK/load/casts LOAD=$WORK/load next=0 failed=0 row_number=0 trouble=
	as "$VEMRE_BUILD/tools/seal-casts" --record "$ELECTION/record" --voters "$ELECTION/voters.json" --out "$LOAD" || return 1
	as psql -X -q -h "$DB_SOCKET" -U postgres -d vemre-simulacro -v ON_ERROR_STOP=1 <<-SQL
		CREATE TEMP TABLE given (token text, username text);
		\\copy given FROM '$LOAD/sessions'
		INSERT INTO vemre.session SELECT decode(token, 'hex'), username, 'in', now() + interval '2 hours' FROM given;
	SQL
	cp "$VEMRE_CONFIG" "$WORK/usual.conf"
}
faults_settings() { :; } # the high-availability rows put theirs here
pg_bin() { ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1; }
now_ms() { date +%s%3N; }
until_holds() { # seconds, command…
	local until=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $until ] || { echo "did not come true: $*" >&2; return 1; }
		sleep 0.02
	done
}
pause() { sleep "$(awk -v seed="$RANDOM$RANDOM" -v from="$1" -v to="$2" 'BEGIN { srand(seed); print from + rand() * (to - from) }')"; }

# ---- voters and the oracle
begin() {
	name=$1 row_out=$LOAD/out-$((++row_number)).jsonl hits=$LOAD/hits-$row_number
	: >"$hits"
	node test/faults/voters.mjs --casts "$CASTS" --record "$ELECTION/record" --site "$SITE_DIRECT" --ca "$CA" \
		--out "$row_out" --from "$next" --rate "${2:-30}" >"$LOAD/voters.log" 2>&1 3>&- & voters=$!
	# The fault comes when casts are under way.
	until_holds 20 grep -q receipt "$row_out" || trouble="no cast went through before the fault"
}
hit() { now_ms >>"$hits"; }
# Casts go on: one more receipt than there is now, of a ballot sent from here on.
casts_go_on() { # seconds
	local since; since=$(now_ms)
	until_holds "$1" eval "tail -n 200 '$row_out' | grep receipt | jq -es 'any(.sent >= $since)'" || trouble="casts did not go on after the fault"
}
end_voters() {
	kill -TERM "$voters" 2>/dev/null
	wait "$voters" || trouble="the voters' program failed: $(tail -n 1 "$LOAD/voters.log")"
}
rows_of() { # file: the box, as the database has it
	sql postgres "COPY (SELECT encode(tracker,'hex'), encode(credential,'hex'), encode(ballot,'hex'), encode(receipt,'hex')
		FROM vemre.ballot ORDER BY tracker) TO STDOUT" >"$1"
}
oracle() { node test/faults/oracle.mjs --casts "$CASTS" --record "$ELECTION/record" "$@"; }
heading() {
	printf '%-44s %5s %6s %6s %6s %5s %7s %6s %9s  %s\n' fault times tried acked found lost doubled stray resumed note
}
row() { # times note verdict.json: prints it, and says whether it holds
	local figures; figures=$(jq -r '[.tried, .acknowledged, .found, .lost, .doubled, .stray] | @tsv' "$3")
	# shellcheck disable=SC2086
	printf '%-44s %5s %6s %6s %6s %5s %7s %6s %9s  %s\n' "$name" "$1" $figures "$(resumed)" "$2"
	if [ "$(jq '.lost + .doubled + .stray + (if .acknowledged > 0 then 0 else 1 end) + .unheard' "$3")" != 0 ] || [ -n "$trouble" ]; then
		failed=1
		echo "    DOES NOT HOLD${trouble:+: $trouble} $(jq -c '[.faults, .refused, .unheard]' "$3")"
	fi
	trouble= # what went wrong counts for one row, also what did before its voters began
}
# The longest time from a fault to the first receipt of a ballot sent after it.
resumed() {
	[ -s "$hits" ] || { echo -; return; }
	jq -s 'map(select(.receipt)) | map([.sent, .got])' "$row_out" | jq -r --slurpfile hits "$hits" '. as $all |
		[$hits[] as $t | [$all[] | select(.[0] >= $t) | .[1] - $t] | min // 999000] | max / 100 | round / 10 | tostring + " s"'
}
end_row() { # times note [least number of faults that must have hit]
	[ -n "${voters_ended:-}" ] || end_voters
	next=$(tail -n 1 "$row_out" | jq .next)
	rows_of "$LOAD/rows"
	oracle --rows "$LOAD/rows" "$row_out" >"$LOAD/verdict-$row_number.json"
	[ "$(sql postgres 'SELECT sum(ballots) = (SELECT count(*) FROM vemre.ballot) FROM vemre.participation')" = t ] ||
		trouble="participation is not the number of ballots"
	row "$1" "$2" "$LOAD/verdict-$row_number.json"
}

# ---- processes
pids() {
	case $1 in
	backend | signer) cat "$RUN/$1.pid" ;;
	site) cat "$RUN/site.pid"; pgrep -P "$(cat "$RUN/site.pid")" ;;
	postmaster) head -n 1 "$WORK/db/data/postmaster.pid" ;;
	session) pgrep -P "$(head -n 1 "$WORK/db/data/postmaster.pid")" -f vemre_web | shuf -n 1 ;;
	esac
}
kill9() { # part: and it is really gone
	local victims one
	victims=$(pids "$1") && [ -n "$victims" ] || { trouble="$1: no process to kill"; return; }
	# shellcheck disable=SC2086
	kill -9 $victims || trouble="$1: was not there any more"
	for one in $victims; do until_holds 5 gone "$one" || trouble="$1: still alive"; done
}
gone() { [ ! -d "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"; }
launch() { # name, command…
	as bash -c 'cd /; log=$1 pid=$2; shift 2; setsid "$@" </dev/null >>"$log" 2>&1 3>&- & echo $! >"$pid"' - "$RUN/$1.log" "$RUN/$1.pid" "${@:2}"
}
revive() {
	case $1 in
	backend) launch backend "${BACKEND_WITH[@]}" "$VEMRE_BUILD/bin/vemre-backend" --config "$VEMRE_CONFIG" --election "$ELECTION" ;;
	signer) launch signer "$VEMRE_BUILD/bin/system-signer" --config "$VEMRE_CONFIG" ;;
	site)
		rm -f "$RUN/site.sock" # of the simulacro's balancer: nginx does not take over a dead Unix socket (a port, it does)
		until_holds 10 as /usr/sbin/nginx -p "$RUN" -e "$RUN/site-error.log" -c "$WORK/web/nginx/site.conf" ;;
	postmaster) # a dead postmaster's children end by themselves, and until then a new one is refused
		until_holds 30 as "$(pg_bin)/pg_ctl" -D "$WORK/db/data" -l "$WORK/db/postgresql.log" -o "-k '$DB_SOCKET'" -w -t 60 start 3>&- ;;
	session) ;; # PostgreSQL's own postmaster does
	esac || trouble="$1 did not start again"
}
BACKEND_WITH=(env)
