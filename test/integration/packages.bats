#!/usr/bin/env bats
# The Debian packages (make deb, ceremony-scripts/packages): the same bytes wherever they are built, each installed file in
# one of them, the programs hardened. That they install on Debian's base system, and that no upgrade happens while an
# election is open, is test/packages/run's to show (root; ./test/run --all).

PACKAGES='vemre-ceremony vemre-common vemre-enrolment vemre-server vemre-verify'

setup_file() {
	export ROOT T SOURCE_DATE_EPOCH=1760000000 VEMRE_VERSION=1.0+test
	ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	T=$BATS_FILE_TMPDIR
	cd "$ROOT" || return 1
	make -s install "DESTDIR=$T/installed" PREFIX=/usr >"$T/install.log" 2>&1 || { cat "$T/install.log" >&2; return 1; }
	cp -a "$T/installed" "$T/stage"
	ceremony-scripts/packages/build "$T/stage" "$T/one" >"$T/build.log" 2>&1 || { cat "$T/build.log" >&2; return 1; }
	for p in $PACKAGES; do
		dpkg-deb -R "$T/one/${p}_1.0+test_$(dpkg --print-architecture).deb" "$T/$p"
	done
}
setup() { cd "$T" || return 1; }
words_of() { grep -oE '[^ ]+' | sed 's/[;.]$//' | LC_ALL=C sort; }
files_of() { (cd "$1" && find . -path ./DEBIAN -prune -o "${@:2}" -printf '%P\n' | sort); }

@test "built again in another folder, by another umask, zone, language and order of files, they are the same bytes" {
	mkdir -p "much/deeper"
	(cd installed && find . -type d -printf '%P\n' | sort -r | while read -r d; do mkdir -p "../much/deeper/stage/$d"; done
		find . -type f -printf '%P\n' | sort -r | while read -r f; do cp -p "$f" "../much/deeper/stage/$f"; done)
	(umask 077; TZ=Asia/Tokyo LC_ALL=C.UTF-8 "$ROOT/ceremony-scripts/packages/build" much/deeper/stage much/deeper/two) >two.log 2>&1 || { cat two.log; return 1; }
	cmp one/SHA256SUMS much/deeper/two/SHA256SUMS
	[ "$(wc -l <one/SHA256SUMS)" = 5 ]
}

@test "what make install installs is in one package each, as it was; a file of no package stops the build" {
	local f p at
	for p in $PACKAGES; do files_of "$p" -type f | grep -vE '/(copyright|changelog\.gz)$|^etc/vemre/vemre.conf$|^usr/share/man/'; done | sort >packed
	(cd installed && find . -type f ! -name LICENSE -printf '%P\n') | sed 's|share/doc/vemre/|share/doc/vemre-verify/|' | sort >wanted
	diff wanted packed
	[ -z "$(uniq -d packed)" ]
	while read -r f; do
		at=; for p in $PACKAGES; do [ ! -f "$p/$f" ] || at=$p/$f; done
		cmp "$at" "installed/${f/doc\/vemre-verify/doc\/vemre}"
	done <packed
	cp -a installed fourth; touch fourth/usr/unknown
	run "$ROOT/ceremony-scripts/packages/build" fourth four
	[ "$status" != 0 ] && [[ $output == *"usr/unknown: de ningún paquete"* ]]
}

@test "anybody's package needs OpenSSL and jansson alone; the settings file is the only one that is the administrator's" {
	[ "$(sed -n 's/^Depends: //p' vemre-verify/DEBIAN/control | tr ',' '\n' | sed 's/^ *\([^ ]*\).*/\1/' | sort | tr '\n' ' ')" = 'libc6 libjansson4 libssl3 ' ]
	[ "$(cat vemre-*/DEBIAN/conffiles)" = /etc/vemre/vemre.conf ]
	cmp vemre-common/etc/vemre/vemre.conf "$ROOT/doc/vemre.conf"
	! grep -lE '^Depends:.*(gcc|npm|nodejs|make|-dev)' vemre-*/DEBIAN/control
}

@test "every program: position-independent, relocations read-only and bound at the start, no path of libraries, no executable stack" {
	local f n=0 head
	for f in vemre-*/usr/bin/*; do
		head=$(readelf -hldW "$f")
		grep -qE 'Type: +DYN' <<<"$head" || { echo "$f: PIE"; return 1; }
		grep -q 'FLAGS_1.*NOW.*PIE' <<<"$head" || { echo "$f: NOW, PIE"; return 1; }
		grep -q GNU_RELRO <<<"$head" || { echo "$f: RELRO"; return 1; }
		grep -qE 'GNU_STACK.* RW ' <<<"$head" || { echo "$f: stack"; return 1; }
		! grep -qE 'RPATH|RUNPATH' <<<"$head" || { echo "$f: RPATH"; return 1; }
		readelf -W --dyn-syms "$f" | grep -q __stack_chk_fail || { echo "$f: stack protector"; return 1; }
		readelf -W --dyn-syms "$f" | grep -qE '__[a-z]+_chk' || { echo "$f: fortify"; return 1; }
		! readelf -SW "$f" | grep -q '\.debug_info' || { echo "$f: not stripped"; return 1; }
		n=$((n + 1))
	done
	[ "$n" = 12 ]
	# the check itself sees a program that is not so
	printf 'int main(void){return 0;}\n' >weak.c && gcc -no-pie -Wl,-z,norelro,-rpath,/tmp -o weak weak.c
	readelf -hldW weak | grep -qE 'RPATH|RUNPATH' && ! readelf -hldW weak | grep -q GNU_RELRO
}

@test "the maintainer scripts are shell, and those that replace certified files ask first" {
	local s
	for s in vemre-*/DEBIAN/{preinst,postinst,prerm,postrm}; do
		[ -e "$s" ] || continue
		sh -n "$s"
		run grep -q '#OPEN-ELECTIONS#' "$s"
		[ "$status" = 1 ]
	done
	for s in vemre-{verify,common,server}/DEBIAN/preinst vemre-server/DEBIAN/prerm; do grep -q 'refuse_while_open()' "$s"; done
}

@test "every program has its manual page, in both languages, in its own package; vemre.conf has one" {
	local f p lang name section pages=0
	for f in vemre-*/usr/bin/*; do
		p=${f%%/*} name=${f##*/}
		for lang in '' es/; do
			f=$(ls "$p/usr/share/man/$lang"man[18]/"$name".[18].gz)
			section=${f%.gz} section=${section##*.}
			[[ $f == */man$section/* ]] && zcat "$f" >page || return 1
			grep -qx ".TH ${name^^} $section \"2025-10-09\" VEMRE .*" page
			# what it says of itself is in it, to the last word
			LC_ALL=C.UTF-8 LANGUAGE=$([ -z "$lang" ] && echo en || echo es) "installed/usr/bin/$name" --help >said
			sed -E '1s/: / - /; s/^(Uso|Usage|Salida|Exit status|Ejemplo|Example): //' said | words_of >wanted
			sed -E '/^\./d; s/\\f[BR]//g; s/\\-/-/g; s/\\&//g; s/\\\(aq/'"'/g" page | words_of >has
			[ -z "$(LC_ALL=C comm -23 wanted has)" ] || { echo "$f: $(LC_ALL=C comm -23 wanted has)"; return 1; }
			grep -qxF "$(head -n 1 said | sed 's/: / \\- /')" <(sed "s/\\\\(aq/'/g; s/\\\\-\\([^ ]\\)/-\\1/g" page) || { echo "$f: first line"; return 1; }
			pages=$((pages + 1))
		done
	done
	[ "$pages" = 24 ]
	[ "$(find vemre-*/usr/share/man -type f | wc -l)" = 25 ]
	zcat vemre-common/usr/share/man/man5/vemre.conf.5.gz | sed 's/\\-/-/g; s/\\://g' >page
	grep -oE '^	(# )?[a-z_]+ = ' "$ROOT/doc/vemre.conf" | sort >wanted
	grep -oE '^\\fB(# )?[a-z_]+ = ' page | sed 's/^\\fB/	/' | sort >has
	diff wanted has
	[ "$(wc -l <has)" -gt 80 ]
}

@test "roff has nothing to say against a manual page, and whatis can read each" {
	local f n=0
	command -v groff >/dev/null && command -v lexgrog >/dev/null || skip "no groff or man-db here"
	for f in vemre-*/usr/share/man/{,es/}man[158]/*.gz; do
		[ -e "$f" ] || continue
		run bash -c "zcat '$f' | groff -ww -Kutf8 -man -Tutf8 -rLL=78n -z"
		[ -z "$output" ] || { echo "$f: $output"; return 1; }
		run lexgrog "$f"
		[[ $output == *' - '* && $output != *'parse failed'* ]] || { echo "$output"; return 1; }
		n=$((n + 1))
	done
	[ "$n" = 25 ]
}

@test "lintian has no error to tell, and no warning" {
	[ -n "${VEMRE_ALL:-}" ] || skip "nine seconds: ./test/run --all"
	run lintian --fail-on error,warning --tag-display-limit 0 one/*.deb
	[ "$status" = 0 ] || { echo "$output"; return 1; }
}
