#!/usr/bin/env bats
# Faults under load, each with the same oracle (test/faults/run; doc/faults.md): a handful of each here, the hundred kills in
# `make check-faults` and ./test/run --all. The table is printed.

setup() { cd "$BATS_TEST_DIRNAME/../.."; }
table() { # options…
	run test/faults/run "$@"
	echo "$output" | sed 's/^/# /' >&3
	[ "$status" -eq 0 ]
}
option() { [ -n "${VEMRE_ALL:-}" ] || echo --short; }

@test "parts killed, the commit cut, disk, clock, descriptors, crowds, the closing: nothing lost, nobody twice" {
	# shellcheck disable=SC2046
	table $(option)
}

@test "the primary killed under load and the standby promoted; a restore to a moment has the same box" {
	# shellcheck disable=SC2046
	table $(option) --ha
}
