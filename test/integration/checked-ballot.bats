#!/usr/bin/env bats
# Ballots opened for checking (PROTOCOL 8): verify-election --ballot on a good opening file and on one with each thing
# wrong, and the offline page (fcgi/checker) in Chromium on the same files, from a disk.

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	export ROOT=$PWD VEMRE_BUILD=${VEMRE_BUILD:-$PWD/build} RECORD=$PWD/test/vectors/record
	export CASES=$BATS_FILE_TMPDIR/cases
	node test/tools/make-opening.mjs "$RECORD" "$CASES" > "$BATS_FILE_TMPDIR/list"
	export LIST=$BATS_FILE_TMPDIR/list
}
setup() { cd "$ROOT" || return 1; }
check() { run "$VEMRE_BUILD/bin/verify-election" --ballot "$1" --record "$RECORD" "${@:2}"; }

@test "a good opening passes every test, its votes in words" {
	read -r file _ tracker credential < <(grep '^good\.' "$LIST")
	check "$CASES/$file" --tracker "$tracker" --credential "$credential"
	[ "$status" -eq 0 ] || { echo "$output"; false; }
	[ "$(grep -c '\[se cumple\]' <<< "$output")" -eq 9 ]
	[[ $output == *"un voto para"* && $output == *" + "* ]]
	check "$CASES/good-written.json"
	[ "$status" -eq 0 ] && [[ $output == *"«José Ñandú»"* ]]
	LANGUAGE=en check "$CASES/$file"
	[ "$status" -eq 0 ]
}

@test "a code typed otherwise, or not at all" {
	read -r file _ tracker credential < <(grep '^good\.' "$LIST")
	check "$CASES/$file" --tracker "$(tr 'A-Z-' 'a-z ' <<< "$tracker")"
	[ "$status" -eq 0 ] && [[ $output == *"[compare usted] la credencial"* ]]
	check "$CASES/$file" --credential "${credential%?}"
	[ "$status" -eq 3 ] && [[ $output == *"credential: "* ]]
}

@test "each thing wrong fails the test that is named for it" {
	local file fails tracker credential n=0
	while read -r file fails tracker credential; do
		[ "$fails" != - ] || continue
		check "$CASES/$file" --tracker "$tracker" --credential "$credential"
		[ "$status" -eq 3 ] && [ "$(grep -m1 -A1 '\[FALSO\]' <<< "$output" | sed -n '2s/^ *\([a-z]*\): .*/\1/p')" = "$fails" ] ||
			{ echo "$file ($fails): $output"; false; }
		n=$((n + 1))
	done < "$LIST"
	[ "$n" -ge 20 ]
}

@test "published files that are missing or altered" {
	local record=$BATS_TEST_TMPDIR/record name
	for name in election.json keys.json opening.json credentials.csv; do
		rm -rf "$record"; cp -r "$RECORD" "$record"; rm "$record/$name"
		run "$VEMRE_BUILD/bin/verify-election" --ballot "$CASES/good.json" --record "$record"
		[ "$status" -eq 3 ] && [[ $output == *files:* ]] || { echo "$output"; false; }
		cp "$RECORD/$name" "$record/"; printf '\n' >> "$record/$name"
		run "$VEMRE_BUILD/bin/verify-election" --ballot "$CASES/good.json" --record "$record"
		[ "$status" -eq 3 ] || { echo "$name: $output"; false; }
	done
}

@test "wrong usage" {
	run "$VEMRE_BUILD/bin/verify-election" --ballot "$CASES/good.json"
	[ "$status" -eq 2 ]
	check "$CASES/nothing.json"
	[ "$status" -ne 0 ]
}

@test "the offline page finds the same, at 320 and 1280 pixels, in both languages; axe finds nothing" {
	[ -s "$VEMRE_BUILD/site/comprobador.html" ]
	node test/browser/checker.mjs --page "$VEMRE_BUILD/site/comprobador.html" --record "$RECORD" --cases "$CASES" \
		--screens "${VEMRE_TEST_SCREENS:-$BATS_TEST_TMPDIR}"
}
