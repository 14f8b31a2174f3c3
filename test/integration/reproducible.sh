#!/bin/bash
# Numeral 14: two clean builds, in two folders of different depth, on two days (faketime), in two time zones and languages,
# by two umasks, give one manifest. Each is installed (make install) and asked by its own open-election. Some minutes:
# ./test/run --all. Needs faketime and npm's packages in fcgi/site and fcgi/verifier (ceremony-scripts/prepare).
set -u
cd "$(dirname "$0")/../.." || exit 1
ROOT=$PWD
WORK=$(mktemp -d /tmp/vemre-twice.XXXXXX)
trap 'rm -rf "$WORK"' EXIT
passed=0 failed=0
ok() { passed=$((passed + 1)); echo "ok $1"; }
not() { failed=$((failed + 1)); echo "not ok $1"; }

copy() { # folder: the sources as they are here, and npm's packages
	mkdir -p "$1"
	tar -c --exclude=./build --exclude='./build-*' --exclude=./var --exclude=./.git --exclude=node_modules . | tar -x -C "$1"
	for d in fcgi/site fcgi/verifier; do [ ! -d "$d/node_modules" ] || cp -r "$d/node_modules" "$1/$d/"; done
}
# The whole build lives on that day: its compilers, npm's tools, msgfmt, install and the times of the files they leave.
build() { # folder, day, time zone, language
	(cd "$1" && env TZ="$3" LC_ALL="$4" faketime "$2 23:30:00" sh -c 'date +%F >built-on && make -j"$(nproc)" install PREFIX=/usr \
		DESTDIR="$PWD/root"') >"$1.log" 2>&1 || { tail -n 20 "$1.log"; return 1; }
}
manifest() { # folder
	local programs=$1/root/usr/bin
	"$programs/open-election" --system-hash --config "$1/doc/vemre.conf" | sed '$d'
}

one=$WORK/one two=$WORK/two/much/deeper
copy "$one"; copy "$two"
command -v faketime >/dev/null || { echo "faketime is missing (ceremony-scripts/prepare)"; not "both build"; echo "0 passed, 1 failed, 0 skipped"; exit 1; }
(umask 022; build "$one" 2026-01-02 America/Mexico_City C.UTF-8) && (umask 077; build "$two" 2027-08-09 Asia/Tokyo C) &&
	ok "both build" || not "both build"
[ "$(cat "$one/built-on" "$two/built-on" | tr '\n' ' ')" = "2026-01-02 2027-08-09 " ] && ok "on two days" || not "on two days"
manifest "$one" >"$WORK/one.txt"; manifest "$two" >"$WORK/two.txt"
if [ "$(wc -l <"$WORK/one.txt")" -gt 40 ] && cmp -s "$WORK/one.txt" "$WORK/two.txt"; then
	ok "the same manifest: $(sha256sum <"$WORK/one.txt" | cut -c1-16), $(wc -l <"$WORK/one.txt") lines"
else
	not "the same manifest"; diff "$WORK/one.txt" "$WORK/two.txt"
fi
# page, checker, English texts and stripped programs are in what was compared
for f in server/site/app.js server/site/worker.js server/site/comprobador.html locale/en/LC_MESSAGES/vemre.mo server/programs/vemre-backend; do
	grep -qF "$f" "$WORK/one.txt" || { not "in the manifest: $f"; continue; }
done
file "$one/root/usr/bin/tally" 2>/dev/null | grep -q 'not stripped' && not "programs are stripped" || ok "programs are stripped"
# everything that make install installs has a line
missing=
while IFS= read -r f; do
	grep -qF "/$(basename "$f")" "$WORK/one.txt" || missing="$missing $f"
done < <(cd "$one/root" && find . -type f)
[ -z "$missing" ] && ok "every installed file is in it" || not "not in it:$missing"
grep -rlF "$WORK" "$one/root" && not "a path of the building machine" || ok "no path of the building machine"
# and it sees one byte
printf x >>"$two/root/usr/share/vemre/site/index.html"
manifest "$two" >"$WORK/two.txt"
[ "$(diff "$WORK/one.txt" "$WORK/two.txt" | grep -c '^>')" -ge 1 ] && ok "one byte more shows" || not "one byte more shows"

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
