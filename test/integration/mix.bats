#!/usr/bin/env bats
# mix-election on the vectors' records cut back to the sealed box: mixes that verify, and every refusal with nothing
# written. Programs: BUILD (default build).

setup_file() {
	export ROOT BUILD
	ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	BUILD=${BUILD:-build}
	[[ $BUILD == /* ]] || BUILD=$ROOT/$BUILD
}

setup() {
	R=$BATS_TEST_TMPDIR/record
	cp -r "$ROOT/test/vectors/record" "$R"
	rm -r "$R"/lists "$R"/decrypted-votes.csv "$R"/results.json
}

mix() { run "$BUILD/bin/mix-election" "$@"; }

says() { [[ $output == *"$1"* ]] || { echo "not said: $1"; echo "$output"; return 1; }; }

@test "two mixes, and the record holds until there" {
	mix "$R"
	[ "$status" = 0 ]
	says "mezcla 1 de 18 votos"
	run "$BUILD/bin/verify-election" --until mixing "$R"
	[ "$status" = 8 ]
	says "1 mezclas y la definición pide 2"
	mix "$R"
	[ "$status" = 0 ]
	says "mezcla 2 de 18 votos"
	run "$BUILD/bin/verify-election" --until mixing "$R"
	[ "$status" = 0 ]
	# nothing left beside
	[ -z "$(find "$R" -name '*.part-*')" ]
	# a mix changes every point, and no two mixes are alike
	[ "$(sha256sum "$R"/lists/presidencia/[012].list | cut -d' ' -f1 | sort -u | wc -l)" = 3 ]
}

@test "one list alone, and a list that is none" {
	mix --list presidencia "$R"
	[ "$status" = 0 ]
	[ -e "$R/lists/presidencia/1.proof" ]
	[ ! -e "$R/lists/jefatura-cdmx" ]
	mix --list nada "$R"
	[ "$status" = 2 ]
	says "«nada» no es una lista con votos"
}

@test "a box that is not the sealed one is not mixed" {
	printf 'x' >>"$R/encrypted-votes.box"
	mix "$R"
	[ "$status" = 3 ]
	says "sobran bytes"
	says "no se mezcla"
	[ ! -e "$R/lists" ]
}

@test "a box sealed by nobody is not mixed" {
	sed -i 's/T18:00:00/T18:00:01/' "$R/seal.json"
	mix "$R"
	[ "$status" = 3 ]
	says "no es de ninguna llave"
	[ ! -e "$R/lists" ]
}

@test "no seal yet: what is missing is named" {
	rm "$R/seal.json"
	mix "$R"
	[ "$status" = 8 ]
	says "seal.json"
	[ ! -e "$R/lists" ]
}

@test "the mix before does not hold: not mixed again" {
	mix "$R"
	printf '\x00' | dd of="$R/lists/presidencia/1.proof" bs=1 seek=700 conv=notrunc status=none
	printf '\x01' | dd of="$R/lists/presidencia/1.proof" bs=1 seek=701 conv=notrunc status=none
	mix "$R"
	[ "$status" = 3 ]
	says "1.proof"
	[ ! -e "$R/lists/presidencia/2.list" ]
}

@test "a list 0 that is not the box's" {
	mix --list presidencia "$R"
	cp "$ROOT/test/vectors/record/lists/presidencia/1.list" "$R/lists/presidencia/0.list"
	mix --list presidencia "$R"
	[ "$status" = 3 ]
	says "0.list"
	[ ! -e "$R/lists/presidencia/2.list" ]
}

@test "what a mixer that was cut off left is taken away, what was proved stays" {
	mix --list presidencia "$R"
	cp "$R/lists/presidencia/1.proof" "$R/proved"
	: >"$R/lists/presidencia/2.proof"
	: >"$R/lists/presidencia/2.list.part-abcdef"
	mix --list presidencia "$R"
	[ "$status" = 0 ]
	says "quedó a medias"
	cmp "$R/proved" "$R/lists/presidencia/1.proof"
	[ ! -e "$R/lists/presidencia/2.list.part-abcdef" ]
	[ "$(stat -c %s "$R/lists/presidencia/2.list")" = "$(stat -c %s "$R/lists/presidencia/1.list")" ]
}

@test "a list's folder that is a link to another place: nothing there is taken away" {
	local place
	mkdir "$BATS_TEST_TMPDIR/elsewhere"
	: >"$BATS_TEST_TMPDIR/elsewhere/7.list"
	: >"$BATS_TEST_TMPDIR/elsewhere/paper.part-abcdef"
	mkdir "$R/lists"
	ln -s "$BATS_TEST_TMPDIR/elsewhere" "$R/lists/presidencia"
	mix --list presidencia "$R"
	[ "$status" = 3 ]
	says "no es una carpeta propia"
	# and where lists/ itself is the link
	rm -r "$R/lists"
	mkdir "$BATS_TEST_TMPDIR/far"
	mv "$BATS_TEST_TMPDIR/elsewhere" "$BATS_TEST_TMPDIR/far/presidencia"
	ln -s "$BATS_TEST_TMPDIR/far" "$R/lists"
	mix --list presidencia "$R"
	[ "$status" = 3 ]
	says "no es una carpeta propia"
	[ "$(ls "$BATS_TEST_TMPDIR/far/presidencia")" = $'7.list\npaper.part-abcdef' ]
}

@test "a record that has been decrypted is not mixed any more" {
	rm -r "$R"
	cp -r "$ROOT/test/vectors/record" "$R"
	mix "$R"
	[ "$status" = 5 ]
	says "ya está descifrada"
	run "$BUILD/bin/verify-election" "$R"
	[ "$status" = 0 ]
}

@test "no record, no folder, too many arguments" {
	mix "$BATS_TEST_TMPDIR/nowhere"
	[ "$status" = 8 ]
	says "election.json"
	mix
	[ "$status" = 2 ]
	mix "$R" "$R"
	[ "$status" = 2 ]
	mix --nothing "$R"
	[ "$status" = 2 ]
}
