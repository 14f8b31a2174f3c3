#!/usr/bin/env bats
# The voter's page in real Chromium on the whole voting server: every screen and every path of a voter, at 320 and 1280
# pixels, in Spanish and English; axe finds nothing on any screen (test/browser/). Pictures: VEMRE_TEST_SCREENS.

#
# What does not move the server's clock or its limits runs side by side from the start, in a pool; each test waits for
# its own. The rest follows, one by one.

load voting-server.bash

# name, then the options of test/browser; the pool takes them in this order, the long ones first
pool_jobs() {
	cat <<-'JOBS'
	signer-320 paths signer-away --voter 60 --width 320 --lang es
	faults-320 faults --voter 5 --second 6 --width 320 --lang es
	faults-1280 faults --voter 7 --second 8 --width 1280 --lang en
	vote-320-es vote --voter 1 --width 320 --tour --check --keyboard
	vote-1280-en vote --voter 2 --width 1280 --lang en --tour --check
	vote-320-en vote --voter 3 --width 320 --lang en --tour
	vote-1280-es vote --voter 4 --width 1280 --tour --check
	JOBS
	local voter=9 name
	for name in two-tabs reload codes two-devices double-click killed-tab back session-end bad-ballot place unknown-place clock-off authenticator share leave box-code emblems; do
		echo "$name-320 paths $name --voter $voter --width 320 --lang es"
		echo "$name-1280 paths $name --voter $((voter + 1)) --width 1280 --lang en"
		voter=$((voter + 2))
	done
}

setup_file() {
	voting_server page -60 3000 64 || return 1
	sed -i 's/^login = { /login = { totp = true; /' "$VEMRE_CONFIG" # off by default
	voting_server_open || return 1
	# Codes may follow each other, as an operator may set it.
	sql vemre_admin "UPDATE vemre.limits SET resend_seconds = 1, codes_per_hour = 100, address_failures = 1000" > /dev/null
	voting_server_env
	export -f browse as
	as mkdir -p "$WORK/screens" "$WORK/done"
	pool_jobs | xargs -P "${VEMRE_TEST_PARALLEL:-4}" -L 1 bash -c 'job=$1; shift; browse "$@" > "$WORK/done/$job.log" 2>&1; echo $? > "$WORK/done/$job.rc"' pool \
		> "$WORK/pool.log" 2>&1 3>&- &
	echo $! > "$WORK/pool.pid"
}
teardown_file() {
	[ -z "${VEMRE_TEST_SCREENS:-}" ] || { mkdir -p "$VEMRE_TEST_SCREENS" && cp -r "$WORK/screens/." "$VEMRE_TEST_SCREENS/"; }
	kill "$(cat "$WORK/pool.pid")" 2> /dev/null || true
	voting_server_stop
}
setup() { voting_server_env; }

browse() { # script, options…
	local script=$1 name= more=() site=$SITE; shift
	if [ "$script" = paths ]; then
		name=$1; shift
		more=(--database "$DB_SOCKET" --run "$WORK/web/run")
	fi
	case $name in
	place) site=$SITE_MEXICO ;;
	unknown-place) site=$SITE_DIRECT ;;
	esac
	as env HOME="$WORK" node "$ROOT/test/browser/$script.mjs" --site "$site" --ca "$CA" --sms "$PHONES" \
		--voters "$ELECTION/voters.json" --screens "$WORK/screens" "$@" "${more[@]}" $name
}
ended() { # name of a job of the pool
	for _ in $(seq 1200); do [ -s "$WORK/done/$1.rc" ] && break; sleep 0.2; done
	cat "$WORK/done/$1.log"
	[ "$(cat "$WORK/done/$1.rc")" = 0 ]
}
both_ended() { ended "$1-320" && ended "$1-1280"; }
both() { # path, first voter of two: at both widths, each in one of the languages
	browse paths "$1" --voter "$2" --width 320 --lang es & local one=$!
	browse paths "$1" --voter $(($2 + 1)) --width 1280 --lang en; local two=$?
	wait "$one" && [ "$two" = 0 ]
}

@test "every screen of a vote, ballots opened and others cast: 320 es, by keyboard" { ended vote-320-es; }
@test "every screen of a vote: 1280 en" { ended vote-1280-en; }
@test "every screen of a vote: 320 en" { ended vote-320-en; }
@test "every screen of a vote: 1280 es" { ended vote-1280-es; }
@test "files that do not agree, no answer, a lost reply, already voted, a false receipt" { both_ended faults; }
@test "double click: one request, one ballot" { both_ended double-click; }
@test "reload at each step; after a lost reply: the receipt of the ballot that was sent" { both_ended reload; }
@test "a tab killed while the SMS is read: the live code holds" { both_ended killed-tab; }
@test "two tabs of one browser: one session, one ballot" { both_ended two-tabs; }
@test "two devices: one session, one ballot" { both_ended two-devices; }
@test "the back button at every step" { both_ended back; }
@test "the server ends the session: what was sealed can still be cast" { both_ended session-end; }
@test "three wrong codes, a dead one, a new one" { both_ended codes; }
@test "inside the national territory" { both_ended place; }
@test "an address of no country" { both_ended unknown-place; }
@test "a ballot changed on its way: nothing stored; the reference is in the journal" { both_ended bad-ballot; }
@test "the voter's clock is off: a hint" { both_ended clock-off; }
@test "an authenticator app: enrolled in a session, each code once, the SMS still works" { both_ended authenticator; }
@test "an opened ballot: shared, and checked by the checker from the site" { both_ended share; }
@test "leaving without voting, and back later" { both_ended leave; }
@test "emblems are the definition's own pictures, and no others" { both_ended emblems; }
@test "a receipt's QR code leads to the box" { both_ended box-code; }
@test "the signer does not answer: the same ballot a moment later" { ended signer-320; }

@test "guessing is slowed down, and the time until the next try is shown" {
	browse paths slow-down --voter 50 --width 320 --lang es
	browse paths slow-down --voter 51 --width 1280 --lang en
}
@test "unknown user name and wrong password: no difference in time that a statistic finds" {
	as env SITE="$SITE" CA="$CA" ELECTION="$ELECTION" node test/integration/login-timing.mjs 150 > "$WORK/screens/login-timing.txt" 2>&1 || status=$?
	cat "$WORK/screens/login-timing.txt"
	[ "${status:-0}" != 77 ] || skip "$(tail -n 1 "$WORK/screens/login-timing.txt")"
	[ "${status:-0}" = 0 ]
}
@test "under 100 kB compressed; slow 3G; sealing under 2 s on a processor six times slower" {
	as env HOME="$WORK" node test/browser/figures.mjs --site "$SITE" --ca "$CA" --voters "$ELECTION/voters.json" | tee "$WORK/screens/figures.txt"
	[ "${PIPESTATUS[0]}" = 0 ]
}
@test "before the opening, and the opening by itself" {
	browse paths not-open --voter 52 --width 320 --lang es # each moves the opening
	browse paths not-open --voter 53 --width 1280 --lang en
}
@test "the closing with a sealed ballot in the hand" { browse paths closing --voter 54 --width 320 --lang es; }
@test "a cast that comes after the closing" {
	browse paths too-late --voter 55 --width 320 --lang es
	browse paths too-late --voter 56 --width 1280 --lang en
}
@test "the answer to a cast lost, and then the closing" {
	browse paths lost-at-closing --voter 61 --width 320 --lang es
	browse paths lost-at-closing --voter 62 --width 1280 --lang en
}
@test "no gateway takes the code" {
	as ceremony-scripts/parts/sms stop "$WORK/sms"
	both code-not-sent 57
}
