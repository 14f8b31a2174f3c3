#!/usr/bin/env bats
# Documents as people and other programs read them (pdftotext, pdffonts, pdfinfo), from the records of test/vectors;
# archive-election on a copy of one, checked by sha256sum and by Python's own SHA-3.
# Programs: BUILD (default build).

setup_file() {
	export ROOT BUILD T
	ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	BUILD=${BUILD:-build}
	[[ $BUILD == /* ]] || BUILD=$ROOT/$BUILD
	T=$BATS_FILE_TMPDIR
	for record in record record-small record-odd; do
		mkdir "$T/$record"
		"$BUILD/tools/make-documents" "$ROOT/test/vectors/$record" "$T/$record"
	done
}

@test "the same record gives the same bytes, whoever and wherever" {
	mkdir "$T/again"
	(cd / && env -i PATH="$PATH" LANGUAGE=en TZ=Asia/Tokyo "$BUILD/tools/make-documents" "$ROOT/test/vectors/record" "$T/again")
	diff -r "$T/record" "$T/again"
	# the date is the document's, not the clock's
	TZ=UTC pdfinfo "$T/record/acta-presidencia.pdf" | grep -q 'CreationDate: *Mon Jun  7 01:00:00 2027'
}

@test "fonts are DejaVu, embedded; sheets are letter size" {
	for pdf in "$T"/record*/*.pdf; do
		fonts=$(pdffonts "$pdf" | tail -n +3)
		[ -n "$fonts" ]
		[ -z "$(grep -v '+DejaVuSans' <<<"$fonts")" ]
		[ -z "$(awk '$(NF-4) != "yes"' <<<"$fonts")" ]
		pdfinfo "$pdf" | grep -q 'Page size: *612 x 792 pts (letter)'
	done
}

@test "every sheet has its number, the folio and the mark of a simulacro" {
	for pdf in "$T"/record*/*.pdf; do
		pages=$(pdfinfo "$pdf" | awk '/^Pages/ {print $2}')
		for page in $(seq "$pages"); do
			text=$(pdftotext -layout -f "$page" -l "$page" "$pdf" -)
			grep -q "Página $page de $pages" <<<"$text"
			grep -q 'SIMULACRO/[A-Z][A-Z]/[0-9][0-9]/[0-9A-F]\{8\}' <<<"$text"
			grep -q 'SIMULACRO, sin validez oficial' <<<"$text"
		done
	done
}

@test "no two documents share a folio" {
	folios=$(for pdf in "$T"/record*/*.pdf; do
		pdftotext "$pdf" - | grep -o 'SIMULACRO/[A-Z][A-Z]/[0-9][0-9]/[0-9A-F]\{8\}' | head -1
	done)
	[ "$(wc -l <<<"$folios")" -eq "$(ls "$T"/record*/*.pdf | wc -l)" ]
	# the three vectors share election.json and members, so also the configuration report and the cards' papers
	[ -z "$(grep -v '/CF/\|/AR/\|/HC/\|/SO/' <<<"$folios" | sort | uniq -d)" ]
}

@test "each act has the figures of results.json, in figures and in words" {
	for record in record record-small record-odd; do
		python3 - "$ROOT/test/vectors/$record" "$T/$record" <<-'PY'
		import json, re, subprocess, sys
		source, made = sys.argv[1:]
		units = ("CERO UNO DOS TRES CUATRO CINCO SEIS SIETE OCHO NUEVE DIEZ ONCE DOCE TRECE CATORCE QUINCE DIECISÉIS "
		         "DIECISIETE DIECIOCHO DIECINUEVE VEINTE VEINTIUNO VEINTIDÓS VEINTITRÉS VEINTICUATRO VEINTICINCO").split()
		units += "VEINTISÉIS VEINTISIETE VEINTIOCHO VEINTINUEVE".split()
		units += [t + (" Y " + units[i] if i else "") for t in "TREINTA CUARENTA CINCUENTA SESENTA".split() for i in range(10)]
		definition = json.load(open(source + "/election.json"))
		parties = {p["id"]: p for p in definition["parties"]}
		contests = {c["id"]: c for c in definition["contests"]}
		def rows(text):
		    found = {}
		    for line in text.splitlines():
		        m = re.match(r"\s*(\S.*?)\s{2,}([\d,]+)\s+([A-ZÁÉÍÓÚ ]+)$", line)
		        if m: found[m[1]] = (int(m[2].replace(",", "")), m[3].strip())
		    return found
		def expect(found, name, n, place):
		    assert found.get(name) == (n, units[n]), (place, name, n, found.get(name), found)
		def name_of(contest, option):
		    o = next(o for o in contest["options"] if o["id"] == option)
		    if o["kind"] == "independent":
		        return next(c["name"] for c in contest["candidates"] if c["id"] == o["candidate"])
		    if o["kind"] == "common":
		        return " – ".join(parties[p]["short"] for p in o["parties"])
		    return parties[o["parties"][0]]["name"]
		for entry in json.load(open(source + "/results.json"))["lists"]:
		    place = source + " " + entry["list"]
		    text = subprocess.check_output(["pdftotext", "-layout", f"{made}/acta-{entry['list']}.pdf", "-"], text=True)
		    contest = contests[entry["contest"]]
		    assert contest["office"] in text
		    if entry.get("withheld"):
		        assert f"{entry['total']} ({units[entry['total']]})" in " ".join(text.split()) and "Votos nulos" not in text
		        continue
		    act, annex = text.split("Anexo informativo")
		    found = rows(act)
		    for option, n in entry["options"].items():
		        expect(found, name_of(contest, option), n, place)
		    shown = {k: v[0] for k, v in found.items() if " + " in k}
		    assert shown == {" + ".join(parties[p]["short"] for p in k.split("+")): n
		                     for k, n in entry["combinations"].items()}, (place, shown)
		    expect(found, "Candidaturas no registradas", entry["unregistered"], place)
		    nulls = entry["null"] + entry["malformed"]
		    expect(found, "Votos nulos (incluidos los malformados)" if entry["malformed"] else "Votos nulos", nulls, place)
		    assert ("malformado" in act) == (entry["malformed"] > 0), place
		    if entry["malformed"]:
		        assert f"De los votos nulos, {entry['malformed']} ({units[entry['malformed']]})" in act, place
		    expect(found, "Total de votos", entry["total"], place)
		    found = rows(annex)
		    for c in contest["candidates"]:
		        expect(found, c["name"], entry["candidates"][c["id"]], place)
		    for k in contest["coalitions"]:
		        own = annex[annex.index("Combinaciones de cada"):annex.index("Distribución de los votos")]
		        assert len(re.findall(r"\w+ \+ \w+", own)) >= 4, place
		    for option, n in entry["credited"].items():
		        if contest["coalitions"]:
		            line = next(l for l in annex[annex.index("Distribución de los votos"):].splitlines()
		                        if name_of(contest, option) in l)
		            assert int(line.split()[-1].replace(",", "")) == n, (place, option, line)
		    for text in entry["write_ins"]:
		        assert text not in act, (place, text)
		PY
	done
}

@test "who signs an act, and to whom it goes" {
	text=$(pdftotext -layout "$T/record/acta-presidencia.pdf" -)
	grep -q 'personal del Instituto designado' <<<"$text"
	signed=$(sed -n '/^ *Firmas/,/Anexo informativo/p' <<<"$text")
	[ "$(grep -o 'Integrante [1-5]' <<<"$signed" | sort -u | wc -l)" -eq 5 ]
	[ -z "$(grep 'González Camarena\|Montoya\|Castellanos' <<<"$signed")" ]
	pdftotext -layout "$T/record/acta-jefatura-cdmx.pdf" - | grep -q 'Secretario Ejecutivo del Instituto'
}

@test "joined and withheld lists say so" {
	text=$(pdftotext -layout "$T/record-small/acta-senadurias.rest.pdf" -)
	grep -q 'Entidades reunidas *Ciudad de México y Jalisco' <<<"$text"
	pdftotext -layout "$T/record-small/acta-jefatura-cdmx.pdf" - | grep -q 'Votos que no se abren'
}

@test "hashes are printed in groups of four, whole" {
	python3 - "$ROOT/test/vectors/record" "$T/record" <<-'PY'
	import hashlib, re, subprocess, sys
	source, made = sys.argv[1:]
	text = subprocess.check_output(["pdftotext", "-raw", made + "/acta-presidencia.pdf", "-"], text=True)
	digits = re.sub(r"\s", "", "".join(re.findall(r"(?:\b[0-9a-f]{4}\b\s*)+", text)))
	for name in ("encrypted-votes.box", "results.json", "lists/presidencia/2.list"):
	    assert hashlib.sha256(open(f"{source}/{name}", "rb").read()).hexdigest() in digits, name
	PY
}

@test "twelve members fit, and every one has a line to sign on" {
	mkdir "$T/twelve"
	"$BUILD/tools/make-documents" "$ROOT/test/vectors/record" "$T/twelve" 12
	signed=$(pdftotext -layout "$T/twelve/acta-presidencia.pdf" - | sed -n '/^ *Firmas/,/Anexo informativo/p')
	[ "$(grep -o 'Comité Electoral' <<<"${signed#*página.}" | wc -l)" -eq 12 ]
	# all on one sheet, in every document of every size
	local members pdf page n found
	for members in 3 5 8 12; do
		mkdir -p "$T/grid-$members"
		"$BUILD/tools/make-documents" "$ROOT/test/vectors/record" "$T/grid-$members" "$members"
		for pdf in "$T/grid-$members"/acta-*.pdf; do
			found=0
			for page in $(seq "$(pdfinfo "$pdf" | awk '/^Pages/ {print $2}')"); do
				n=$(pdftotext -layout -f "$page" -l "$page" "$pdf" - | sed -n '/^ *Firmas/,/Anexo/p' | grep -E '^ +Comité Electoral' | grep -o 'Comité Electoral' | wc -l)
				[ "$n" -ne "$members" ] || found=1
			done
			[ "$found" = 1 ] || { echo "$pdf: the $members members do not sign on one sheet"; return 1; }
		done
	done
}

@test "archive-election: what it makes, other programs confirm; any difference is named" {
	cp -r "$ROOT/test/vectors/record" "$T/e.tmp" && mkdir -p "$T/election" && mv "$T/e.tmp" "$T/election/record"
	mkdir "$T/election/documents" && cp "$T"/record/*.pdf "$T/election/documents/"
	cd "$T/election"
	run "$BUILD/bin/archive-election" --check --election .
	[ "$status" -eq 5 ]
	"$BUILD/bin/archive-election" --election . --place 'Ciudad de México' --hsm-admin 'Guillermo González' --notary 'Rosario Castellanos'
	sha256sum --quiet -c archive/SHA256SUMS
	python3 - <<-'PY'
	import hashlib, json, os
	files = {f["path"]: f for f in json.load(open("archive/huellas.json"))["files"]}
	there = {os.path.join(d, n)[2:] for top in ("./record", "./documents", "./journal") for d, _, ns in os.walk(top) for n in ns}
	assert set(files) == there and list(files) == sorted(files, key=lambda p: p.encode())
	for path, f in files.items():
	    data = open(path, "rb").read()
	    assert (len(data), hashlib.sha256(data).hexdigest(), hashlib.sha3_256(data).hexdigest()) == (f["bytes"], f["sha256"], f["sha3_256"])
	PY
	text=$(pdftotext -layout archive/huellas-digitales.pdf -)
	grep -q 'Rosario Castellanos' <<<"$text"
	[ "$(sha256sum < archive/huellas.json | head -c 8)" = "$(grep -o '/HD/01/[0-9A-F]*' <<<"$text" | head -1 | cut -d/ -f4 | tr A-F a-f)" ]
	run "$BUILD/bin/archive-election" --election .
	[ "$status" -eq 5 ]
	"$BUILD/bin/archive-election" --check --election .
	printf x >> record/seal.json; rm documents/configuracion.pdf; touch journal/new
	run "$BUILD/bin/archive-election" --check --election .
	[ "$status" -eq 3 ]
	[[ "$output" == *'cambió: record/seal.json'* && "$output" == *'falta: documents/configuracion.pdf'* && "$output" == *'sobra: journal/new'* ]]
	rm record/results.json
	rm archive/huellas.json
	run "$BUILD/bin/archive-election" --election .
	[ "$status" -eq 5 ]
	[[ "$output" == *results.json* ]]
}
