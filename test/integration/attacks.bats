#!/usr/bin/env bats
# An attacker at the voting server, on real parts: sessions fixed and forged, codes guessed, ballots replayed, requests
# that no page makes (attacks.mjs). One election, the tests in order.

load voting-server.bash

setup_file() { voting_server attacks -60 3000 10 && voting_server_open; }
teardown_file() { voting_server_stop; }
setup() { voting_server_env; }

attack() { as node test/integration/attacks.mjs "$1"; }

@test "a session that the attacker knows beforehand" { attack fixation; }
@test "requests from another site" { attack csrf; }
@test "another's code, a used one, and guesses: so many codes an hour" { attack codes; }
@test "a ballot from the box sent by somebody else, whole and in pieces" { attack replay; }
@test "guesses from one place lock out nobody elsewhere" { attack locked-out; }
@test "requests that no page makes" { attack strange; }
@test "the backend that began is the one that ends: no attack ended it" {
	[ -z "$(grep -hiE 'signal|respawn|crit|emerg|Sanitizer' "$WORK"/web/run/*.log | grep -v 'signal process started' || true)" ]
	kill -0 "$(as cat "$WORK/web/run/backend.pid")"
}
