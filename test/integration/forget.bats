#!/usr/bin/env bats
# What the tally forgets (PROTOCOL 13, DESIGN 5): its memory, looked through from outside, holds no share, no K, no b_k, no
# PIN and no password when the vault is closed, at its end and after every fault; and the vault is logged out. So that
# "nothing found" means something, the same search finds what must be there while the vault is open.

setup_file() {
	export ROOT BUILD T
	ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	BUILD=${BUILD:-build}
	[[ $BUILD == /* ]] || BUILD=$ROOT/$BUILD
	T=$BATS_FILE_TMPDIR
	for p in bin/tally tools/quick-keys tools/memory-watch tools/dumpable.so tools/libsofthsm_watched.so; do
		[ -x "$BUILD/$p" ] || { echo "falta $BUILD/$p: make programs test-tools" >&2; return 1; }
	done
	. "$BATS_TEST_DIRNAME/tally-site.bash"
	venue "$T/base" mx-2024 >&2
	sed -i "s|hsm: { |&module = \"$BUILD/tools/libsofthsm_watched.so\"; |" "$T/base/vemre.conf"
	# With mismatch votes, so that the session stops for challenges with the vault open.
	(cd "$ROOT" && node test/tools/make-box.mjs --keys "$T/base/keys.json" --definition test/elections/mx-2024.json \
		--out "$T/base/election/record" --voters 6 --odd --seed olvido) >&2
}
setup() { . "$BATS_TEST_DIRNAME/tally-site.bash"; }

# session NAME [RULES]: watched; status and output; $memory is what was found, $hsm who went in and out.
session() {
	local at=$T/$1
	cp -a "$T/base" "$at"
	printf '%s\n' "${2:-}" >"$at/rules"
	export TEST_HSM_LOG=$at/hsm.log
	status=0
	WATCH="$BUILD/tools/memory-watch $at/secrets $at/memory" RULES=$at/rules tally_session "$at" "$at/log" || status=$?
	output=$(cat "$at/log") memory=$(cat "$at/memory") hsm=$(cat "$at/hsm.log" 2>/dev/null || true)
}
# An answer that has the memory looked through first: !look NAME ANSWER
look() {
	cat >"$T/look" <<-'SH'
		before=$(grep -c '^now: ' "$1/memory")
		kill -USR1 "$(sed -n 's/^watcher //p' "$1/memory")"
		for _ in $(seq 600); do [ "$(grep -c '^now: ' "$1/memory")" -gt "$before" ] && break; sleep 0.05; done
		printf '%s\n' "$2"
	SH
	printf '!bash %s/look %s/%s %s' "$T" "$T" "$1" "$2"
}
nothing_at_the_end() {
	[ "$(grep '^end' <<<"$memory")" = "end: 0" ] || { echo "$memory"; return 1; }
}
logged_out() { # every log-in of each instance of the module followed by its log-out, then its end
	[ -n "$hsm" ] && awk '$1 == "login" { n++; if (in_[$2]++) bad = 1 } $1 == "logout" { in_[$2]-- }
		$1 == "finalize" && in_[$2] { bad = 1 } END { for (i in in_) if (in_[i]) bad = 1; exit bad || !n }' <<<"$hsm" ||
		{ echo "$hsm"; return 1; }
}

@test "a whole session: K while the vault is open; then nothing, when the acts are signed and at the end; logged out" {
	session whole "$(printf 'Archivo de un reto [^:]*:\t%s\nFirma y entrega[^~]*?iniciales y observaciones[^:\\[]*(?: \\[[^\\]]*\\])?:\t%s\tCTV' "$(look whole '')" "$(look whole CTV)")"
	[ "$status" = 0 ] || { echo "$output"; return 1; }
	grep -qE '^now K(-limbs)? ' <<<"$memory" || { echo "$memory"; return 1; }
	# No PIN, share or password beside it: each is gone when it has been used.
	[ "$(grep '^now ' <<<"$memory" | grep -cvE '^now K(-limbs)? ')" = 0 ] || { echo "$memory"; return 1; }
	[ "$(grep -c '^now: ' <<<"$memory")" = 2 ] || { echo "$memory"; return 1; }
	[ "$(grep '^now: ' <<<"$memory" | tail -n 1)" = "now: 0" ] || { echo "$memory"; return 1; }
	nothing_at_the_end
	logged_out
}

@test "given up at the third card: the first two shares were there, and nothing is at the end" {
	session third "$(printf 'contraseña de la tarjeta (\\d+):\tclave-larga-$1\tclave-larga-$1\t%s\nestá mal|¿Qué se hace...Intro: otra vez[^]]*.\tx' "$(look third mala)")"
	[ "$status" != 0 ] || { echo "$output"; return 1; }
	[ "$(grep '^now share-' <<<"$memory" | cut -d' ' -f2 | sed 's/-limbs//' | sort -u | wc -l)" = 2 ] || { echo "$memory"; return 1; }
	nothing_at_the_end
}

@test "the box changed on the disk when the vault is open: logged out, nothing is left" {
	local at=$T/late
	session late "$(printf 'contraseña de la tarjeta (\\d+):\t!printf X >>%s; echo clave-larga-$1' "$at/election/record/encrypted-votes.box")"
	[ "$status" = 3 ] && [[ $output == *"la urna cambió en el disco"* ]] || { echo "$output"; return 1; }
	nothing_at_the_end
	logged_out
}

@test "the HSM fails amid the votes: logged out, nothing is left" {
	TEST_HSM_FAILS=4 session broken
	[ "$status" != 0 ] && [[ $output == *"ECDH en la bóveda"* ]] || { echo "$output"; return 1; }
	nothing_at_the_end
	logged_out
}
