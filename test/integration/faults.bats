#!/usr/bin/env bats
# Faults under load, each with the same oracle (test/faults/run; doc/faults.md): a few of them here, all of them and the hundred
# kills in `make check-faults` and ./test/run --all. The table is printed.

setup() { cd "$BATS_TEST_DIRNAME/../.."; }
table() { # options…
	run test/faults/run "$@"
	echo "$output" | sed 's/^/# /' >&3
	[ "$status" -eq 0 ]
}

@test "parts killed, the commit cut, the clock stepped, the closing: nothing lost, nobody twice" {
	if [ -n "${VEMRE_ALL:-}" ]; then table
	else table --short backend everything commit clock closing; fi
}

@test "the primary killed under load and the standby promoted; a restore to a moment has the same box" {
	[ -n "${VEMRE_ALL:-}" ] || skip "takes over half a minute: VEMRE_ALL=1, or test/faults/run --short --ha"
	table --ha
}

@test "a host lost under Patroni, twice, and etcd without its quorum: nothing lost, nobody twice" {
	[ -n "${VEMRE_ALL:-}" ] || skip "takes four minutes: VEMRE_ALL=1, or test/faults/run --ha patroni"
	command -v patroni >/dev/null && command -v etcd >/dev/null || skip "no patroni, no etcd-server here"
	table --ha patroni closing
}
