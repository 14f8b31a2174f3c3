#!/bin/bash
# Numeral 14: two clean builds, in two folders of different depth, on two days, by two umasks, give one manifest. Each is
# installed (make install) and asked by its own open-election. Some minutes: ./test/run --all. Needs npm's packages in
# fcgi/site (ceremony-scripts/prepare).
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
	git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' f; do [ -e "$f" ] && printf '%s\0' "$f"; done |
		tar -c --null -T - | tar -x -C "$1"
	for d in fcgi/site; do [ ! -d "$d/node_modules" ] || cp -r "$d/node_modules" "$1/$d/"; done
}
build() { # folder, day
	touch -d "$2" "$1"/Makefile
	if command -v faketime >/dev/null; then faketime -f "@$2 12:00:00" true && FAKE=(faketime "$2 12:00:00"); else FAKE=(env); fi
	(cd "$1" && "${FAKE[@]}" make -j"$(nproc)" install PREFIX=/usr DESTDIR="$1/root") >"$1.log" 2>&1 || { tail -n 20 "$1.log"; return 1; }
}
manifest() { # folder
	local programs=$1/root/usr/bin
	"$programs/open-election" --system-hash --config "$1/doc/vemre.conf" | sed '$d'
}

one=$WORK/one two=$WORK/two/much/deeper
copy "$one"; copy "$two"
(umask 022; build "$one" 2026-01-02) && (umask 077; build "$two" 2027-08-09) && ok "both build" || not "both build"
manifest "$one" >"$WORK/one.txt"; manifest "$two" >"$WORK/two.txt"
if [ "$(wc -l <"$WORK/one.txt")" -gt 40 ] && cmp -s "$WORK/one.txt" "$WORK/two.txt"; then
	ok "the same manifest: $(sha256sum <"$WORK/one.txt" | cut -c1-16), $(wc -l <"$WORK/one.txt") lines"
else
	not "the same manifest"; diff "$WORK/one.txt" "$WORK/two.txt"
fi
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
