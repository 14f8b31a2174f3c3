#!/usr/bin/env bats
# The voter's page in real Chromium on the whole voting server: every screen and every path of a voter, at 320 and 1280
# pixels, in Spanish and English; axe finds nothing on any screen (test/browser/). Pictures: VEMRE_TEST_SCREENS.

load voting-server.bash

setup_file() {
	voting_server page -60 3000 60 || return 1
	voting_server_open || return 1
	# Codes may follow each other, as an operator may set it.
	sql vemre_admin "UPDATE vemre.limits SET resend_seconds = 1, codes_per_hour = 100, address_failures = 1000" > /dev/null
	as mkdir -p "$WORK/screens"
}
teardown_file() {
	[ -z "${VEMRE_TEST_SCREENS:-}" ] || { mkdir -p "$VEMRE_TEST_SCREENS" && cp -r "$WORK/screens/." "$VEMRE_TEST_SCREENS/"; }
	voting_server_stop
}
setup() { voting_server_env; }

common() { printf '%s\0' --ca "$CA" --sms "$PHONES" --voters "$ELECTION/voters.json" --screens "$WORK/screens"; }
browse() { # script, options…
	local script=$1; shift
	xargs -0 -a <(common) env HOME="$WORK" node "test/browser/$script.mjs" --site "$SITE" "$@"
}
as_browse() { as bash -c "$(declare -f common browse); browse \"\$@\"" browse "$@"; }
path() { # path, voter, width, lang, more…
	local name=$1 voter=$2 width=$3 lang=$4; shift 4
	as_browse paths --voter "$voter" --width "$width" --lang "$lang" --database "$DB_SOCKET" --run "$WORK/web/run" "$@" "$name"
}
# The same at both widths, each in one of the languages.
both() { # path, first voter of two
	path "$1" "$2" 320 es & local one=$!
	path "$1" $(($2 + 1)) 1280 en; local two=$?
	wait "$one" && [ "$two" = 0 ]
}

@test "every screen of a vote, ballot opened and another cast: 320 es by keyboard, 1280 en" {
	as_browse vote --voter 1 --width 320 --tour --check --keyboard & local one=$!
	as_browse vote --voter 2 --width 1280 --lang en --tour --check; local two=$?
	wait "$one" && [ "$two" = 0 ]
}
@test "every screen of a vote: 320 en, 1280 es" {
	as_browse vote --voter 3 --width 320 --lang en --tour & local one=$!
	as_browse vote --voter 4 --width 1280 --tour --check; local two=$?
	wait "$one" && [ "$two" = 0 ]
}
@test "files that do not agree, no answer, a lost reply, already voted, a false receipt" {
	as_browse faults --voter 5 --second 6 --width 320 & local one=$!
	as_browse faults --voter 7 --second 8 --width 1280 --lang en; local two=$?
	wait "$one" && [ "$two" = 0 ]
}
@test "double click: one request, one ballot" { both double-click 9; }
@test "reload at each step; after a lost reply: the receipt of the ballot that was sent" { both reload 11; }
@test "a tab killed while the SMS is read: the live code holds" { both killed-tab 13; }
@test "two tabs of one browser: one session, one ballot" { both two-tabs 15; }
@test "two devices: one session, one ballot" { both two-devices 17; }
@test "the back button at every step" { both back 19; }
@test "the server ends the session: what was sealed can still be cast" { both session-end 21; }
@test "three wrong codes, a dead one, a new one" { both codes 23; }
@test "inside the national territory" { SITE=$SITE_MEXICO both place 25; }
@test "an address of no country" { SITE=$SITE_DIRECT both unknown-place 27; }
@test "guessing is slowed down, and the time until the next try is shown" { path slow-down 29 320 es && path slow-down 30 1280 en; }
@test "a ballot changed on its way: nothing stored; the reference is in the journal" { both bad-ballot 31; }
@test "the signer does not answer: the same ballot a moment later" { path signer-away 33 320 es; }
@test "the voter's clock is off: a hint" { both clock-off 35; }
@test "before the opening, and the opening by itself" { path not-open 37 320 es && path not-open 38 1280 en; }
@test "the closing with a sealed ballot in the hand" { path closing 39 320 es; }
@test "a cast that comes after the closing" { path too-late 41 320 es && path too-late 42 1280 en; }
@test "no gateway takes the code" {
	as ceremony-scripts/parts/sms stop "$WORK/sms"
	both code-not-sent 43
}
