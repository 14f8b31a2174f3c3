#!/usr/bin/env bats
# What every program does to itself before anything else (base/secret.h): no core file, nobody traces it, its small secrets
# in locked memory; and how it was linked. Seen from outside, by /proc, while its help waits in a full pipe.

setup_file() {
	export BUILD ROOT
	ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	BUILD=${BUILD:-$ROOT/build}
}

@test "each program: no core file, not dumpable, 256 KiB locked" {
	local p pid n=0 fifo=$BATS_TEST_TMPDIR/full
	mkfifo "$fifo"
	exec 7<>"$fifo"
	dd if=/dev/zero of="$fifo" bs=65536 count=1 status=none
	for p in "$BUILD"/bin/*; do
		(ulimit -c unlimited 2>/dev/null; exec "$p" --help) >&7 2>&1 7>&- &
		pid=$!
		for _ in $(seq 200); do
			[ "$(cut -d' ' -f3 "/proc/$pid/stat")" = S ] && [[ $(readlink "/proc/$pid/exe" || cat "/proc/$pid/comm") != *bash ]] && break
			sleep 0.02
		done
		grep -qE '^Max core file size +0 +0 ' "/proc/$pid/limits" || { echo "$p: $(grep core "/proc/$pid/limits")"; kill "$pid"; return 1; }
		[ "$(awk '/^VmLck/ { print $2 }' "/proc/$pid/status")" -ge 256 ] || { echo "$p: $(grep VmLck "/proc/$pid/status")"; kill "$pid"; return 1; }
		# Linux gives the files of a process that is not dumpable to root.
		[ "$(stat -c %u "/proc/$pid/environ")" = 0 ] || { echo "$p is dumpable"; kill "$pid"; return 1; }
		kill "$pid"; wait "$pid" || true
		n=$((n + 1))
	done
	[ "$n" = 12 ]
	[ "$(id -u)" != 0 ] || skip "as root every process is root's: dumpable was not seen"
}

@test "each program is a PIE with full RELRO, a stack that is not executed and no text relocation" {
	local p what
	for p in "$BUILD"/bin/*; do
		what=$(readelf -lhdW "$p")
		grep -qE 'Type: +DYN' <<<"$what" && grep -q 'GNU_RELRO' <<<"$what" && grep -q 'BIND_NOW\|NOW PIE\|FLAGS_1.*NOW' <<<"$what" || { echo "$p"; return 1; }
		grep -qE 'GNU_STACK .* RW ' <<<"$what" || { echo "$p: stack"; return 1; }
		! grep -q TEXTREL <<<"$what" || { echo "$p: TEXTREL"; return 1; }
		readelf -sW "$p" | grep -q '__stack_chk_fail' || { echo "$p: no stack protector"; return 1; }
	done
}
