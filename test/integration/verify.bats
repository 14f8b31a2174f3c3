#!/usr/bin/env bats
# verify-election from outside: exit statuses, --until, --json, --receipt, languages, and records that mean harm: within
# 512 MiB and 20 s each is refused, by a status of its own and never by a signal. Programs: BUILD (default build).

setup_file() {
	export ROOT BUILD
	ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	BUILD=${BUILD:-build}
	[[ $BUILD == /* ]] || BUILD=$ROOT/$BUILD
}

setup() {
	R=$BATS_TEST_TMPDIR/record
	cp -r "$ROOT/test/vectors/record" "$R"
}

verify() { run "$BUILD/bin/verify-election" "$@"; }
says() { [[ $output == *"$1"* ]] || { echo "not said: $1"; echo "$output"; return 1; }; }
bounded() { # arguments: the verifier within bounds; status 3 or 8
	run bash -c 'ulimit -v 524288; exec timeout 20 "$@"' - "$BUILD/bin/verify-election" "$@"
	[ "$status" = 3 ] || [ "$status" = 8 ] || { echo "exit status $status"; echo "$output"; return 1; }
}

@test "every phase of a record, and what is missing of the next" {
	verify "$R"
	[ "$status" = 0 ]
	rm "$R"/lists/*/decryption
	verify "$R"
	[ "$status" = 8 ]
	verify --until mixing "$R"
	[ "$status" = 0 ]
	says "del resto no se dice nada"
	rm -r "$R/lists"
	verify --until mixing "$R"
	[ "$status" = 8 ]
	verify --until closing "$R"
	[ "$status" = 0 ]
	rm "$R/seal.json"
	verify --until closing "$R"
	[ "$status" = 8 ]
	verify --until opening "$R"
	[ "$status" = 0 ]
	verify --until never "$R"
	[ "$status" = 2 ]
}

@test "unproved, incomplete and false each have a status of their own" {
	O=$BATS_TEST_TMPDIR/odd
	cp -r "$ROOT/test/vectors/record-odd" "$O"
	rm "$O/challenges.json"
	verify "$O"
	[ "$status" = 7 ]
	rm "$O/results.json"
	verify "$O"
	[ "$status" = 8 ]
	printf x >>"$O/encrypted-votes.box"
	verify "$O"
	[ "$status" = 3 ]
}

@test "--json says the same, and nothing else" {
	"$BUILD/bin/verify-election" --json "$R" >"$BATS_TEST_TMPDIR/good.json"
	node -e 'const r=JSON.parse(require("fs").readFileSync(process.argv[1]));
		if (r.verdict!=="holds"||r.status!==0||r.checks.length!==14||r.checks.some(c=>c.outcome!=="holds"||c.reason!==null)||r.ballots!==18) process.exit(1)' "$BATS_TEST_TMPDIR/good.json"
	printf x >>"$R/results.json"
	run bash -c '"$0" --json "$1" 2>/dev/null >"$2"' "$BUILD/bin/verify-election" "$R" "$BATS_TEST_TMPDIR/bad.json"
	[ "$status" = 3 ]
	node -e 'const r=JSON.parse(require("fs").readFileSync(process.argv[1]));const c=r.checks[13];
		if (r.verdict!=="false"||r.status!==3||c.check!=="results"||c.outcome!=="false"||!c.reason.includes("results.json")) process.exit(1)' "$BATS_TEST_TMPDIR/bad.json"
}

@test "in English too" {
	LANGUAGE=en TEXTDOMAINDIR=$BUILD/share/locale verify "$R"
	[ "$status" = 0 ]
	says "the record holds in every part"
}

@test "a receipt: good, of a ballot that is not there, without a box yet, altered" {
	local P=$BATS_TEST_TMPDIR/papers
	"$BUILD/tools/make-papers" "$P"
	verify --receipt "$P/receipt.json" "$P/record"
	[ "$status" = 0 ]
	says "RESULTADO: lo firmó el sistema y la boleta está en la urna."
	verify --receipt "$P/receipt-stray.json" "$P/record"
	[ "$status" = 3 ]
	says "no está en la urna, y su comprobante está bien firmado"
	says "lleve el comprobante"
	mv "$P/record/encrypted-votes.box" "$P/box"
	verify --receipt "$P/receipt-stray.json" "$P/record"
	[ "$status" = 0 ]
	says "repita cuando se publique"
	mv "$P/box" "$P/record/encrypted-votes.box"
	verify --receipt "$P/receipt.json" "$R"
	[ "$status" = 3 ]
	says "otra elección"
	sed 's/"tracker": "./"tracker": "x/' "$P/receipt.json" >"$P/a.json"
	verify --receipt "$P/a.json" "$P/record"
	[ "$status" = 3 ]
	says "tracker"
	node -e 'const fs=require("fs"),r=JSON.parse(fs.readFileSync(process.argv[1]));const i=20;r.tracker=r.tracker.slice(0,i)+(r.tracker[i]==="0"?"1":"0")+r.tracker.slice(i+1);fs.writeFileSync(process.argv[2],JSON.stringify(r))' "$P/receipt.json" "$P/a.json"
	verify --receipt "$P/a.json" "$P/record"
	[ "$status" = 3 ]
	says "no es de ninguna llave del sistema"
	mkfifo "$P/fifo"
	run timeout 20 "$BUILD/bin/verify-election" --receipt "$P/fifo" "$P/record"
	[ "$status" = 3 ]
	verify --receipt "$P/nothing.json" "$P/record"
	[ "$status" = 8 ]
}

@test "a lottery, a ballot that was opened, a challenge: the good ones of a record, and of another record" {
	local P=$BATS_TEST_TMPDIR/papers
	"$BUILD/tools/make-papers" "$P"
	verify --lottery "$P/lottery.json" "$P/record"
	[ "$status" = 0 ]
	says "Sorteo de 3 entre 5"
	says "(abre)"
	sed 's/"m": 3/"m": 2/' "$P/lottery.json" >"$P/a.json"
	verify --lottery "$P/a.json" "$P/record"
	[ "$status" = 3 ]
	says "no es el sorteo de 3 entre 5"
	verify --lottery "$P/lottery.json" "$R"
	[ "$status" = 3 ]
	verify --ballot "$P/opened.json" --record "$P/record"
	[ "$status" = 0 ]
	verify --ballot "$P/opened.json" --record "$R"
	[ "$status" = 3 ]
	# who challenged is named: the verdict rests on them
	verify "$P/record"
	[ "$status" = 0 ]
	says "Los retaron: Observatorio. "
}

@test "what a hostile file says does not speak to the terminal" {
	local P=$BATS_TEST_TMPDIR/papers escape=$'\033'
	"$BUILD/tools/make-papers" "$P"
	sed -i 's/"observer": "Observatorio"/"observer": "\\u001b[2JRESULTADO\\u2028"/' "$P/record/challenges.json"
	verify "$P/record"
	[ "$status" = 0 ]
	says "?[2JRESULTADO???"
	[[ $output != *"$escape"* ]]
	printf '%s\n' '{"time":"\u001b[2Jx","program":"p","event":"e","detail":{},"previous":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}' >"$P/j.jsonl"
	verify --journal "$P/j.jsonl"
	[[ $output != *"$escape"* ]]
}

@test "a FIFO, a device, a folder, a link to itself in place of each file" {
	for f in election.json keys.json opening.json credentials.csv reissues.csv encrypted-votes.box seal.json \
		lists/presidencia/0.list lists/presidencia/1.proof lists/presidencia/decryption decrypted-votes.csv results.json; do
		rm "$R/$f"
		mkfifo "$R/$f"; bounded "$R"; rm "$R/$f"
		ln -s /dev/zero "$R/$f"; bounded "$R"; rm "$R/$f"
		mkdir "$R/$f"; bounded "$R"; rmdir "$R/$f"
		ln -s "$(basename "$f")" "$R/$f"; bounded "$R"; rm "$R/$f"
		cp "$ROOT/test/vectors/record/$f" "$R/$f"
	done
	mkfifo "$R/challenges.json"; bounded "$R"
}

@test "a file of many gigabytes of nothing in place of each" {
	for f in election.json keys.json opening.json credentials.csv reissues.csv encrypted-votes.box seal.json \
		lists/presidencia/0.list lists/presidencia/1.proof lists/presidencia/decryption decrypted-votes.csv results.json; do
		truncate -s 64G "$R/$f"
		run bash -c 'ulimit -v 524288; exec timeout 20 "$@"' - "$BUILD/bin/verify-election" "$R"
		# what cannot even be mapped is this machine's fault: said so, at once
		[ "$status" = 3 ] || [ "$status" = 8 ] || [ "$status" = 1 ] || { echo "$f: $status"; return 1; }
		cp "$ROOT/test/vectors/record/$f" "$R/$f"
	done
}

@test "a file cut short while it is read: said by name, incomplete, no signal" {
	local f cut
	for f in credentials.csv encrypted-votes.box lists/presidencia/0.list lists/presidencia/1.proof lists/presidencia/decryption \
		decrypted-votes.csv; do
		cut=$(basename "$f")
		run env LD_PRELOAD="$BUILD/tools/truncate.so" TEST_TRUNCATED="/$f" "$BUILD/bin/verify-election" "$R"
		[ "$status" = 8 ] || { echo "$f: exit status $status"; echo "$output"; return 1; }
		says "$cut: el archivo se acortó mientras se leía"
		[ ! -s "$R/$f" ]
		cp "$ROOT/test/vectors/record/$f" "$R/$f"
	done
	# and what is not cut is none the worse
	run env LD_PRELOAD="$BUILD/tools/truncate.so" TEST_TRUNCATED=/nothing "$BUILD/bin/verify-election" "$R"
	[ "$status" = 0 ]
	# mix-election reads the same files
	rm -r "$R/lists" "$R/decrypted-votes.csv" "$R/results.json"
	run env LD_PRELOAD="$BUILD/tools/truncate.so" TEST_TRUNCATED=/encrypted-votes.box "$BUILD/bin/mix-election" "$R"
	[ "$status" = 8 ]
	[ ! -e "$R/lists" ]
}

@test "counts of 2^60 ask for no memory" {
	huge='\x10\x00\x00\x00\x00\x00\x00\x00'
	printf "$huge" | dd of="$R/encrypted-votes.box" bs=1 seek=36 conv=notrunc status=none
	bounded "$R"
	says "no cabe"
	cp "$ROOT/test/vectors/record/encrypted-votes.box" "$R"
	printf "$huge" | dd of="$R/lists/presidencia/0.list" bs=1 seek=49 conv=notrunc status=none
	bounded "$R"
	says "número de votos"
}

@test "JSON a million deep, numbers without end" {
	deep=$(printf '%.0s[' $(seq 100000))
	for f in election.json keys.json opening.json seal.json results.json challenges.json; do
		printf '{"format": %s' "$deep" >"$R/$f"; bounded "$R"
		{ printf '{"format": '; head -c 500000 /dev/zero | tr '\0' 9; printf '}'; } >"$R/$f"; bounded "$R"
		rm "$R/$f"; [ ! -e "$ROOT/test/vectors/record/$f" ] || cp "$ROOT/test/vectors/record/$f" "$R/$f"
	done
}
