#!/bin/sh
# test/integration/records.sh [BUILDDIR [FOLDER]]: verify-election on every record that break-record makes: the good ones
# held, each broken one refused with the exit status and at the check that its .expect names. Last line "N passed, N
# failed, N skipped". Also checks that a refusal gives its reason.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${1:-build}
folder=${2:-}
if [ -z "$folder" ]; then
	folder=$(mktemp -d) || exit 1
	trap 'rm -rf "$folder"' EXIT
fi
passed=0 failed=0

wrong() {
	failed=$((failed + 1))
	echo "$1"
	sed 's/^/    /' "$folder/out"
}

# record, check, status
try() {
	LANGUAGE='' "$build/bin/verify-election" "$1" >"$folder/out" 2>&1
	status=$?
	if [ "$3" = '!0' ]; then
		[ "$status" -ne 0 ] && [ "$status" -le 8 ] && [ "$status" -ne 2 ] ||
			{ wrong "$1: exit status $status"; return; }
	elif [ "$status" -ne "$3" ]; then
		wrong "$1: exit status $status, not $3"
		return
	fi
	# the first check that does not hold is followed by its name and its reason
	first=$(grep -A1 -m1 -E '^  \[(FALSO|FALTA|SIN PRUEBA)\]' "$folder/out" | sed -n '2s/^      \([a-z]*\): ..*/\1/p')
	case "$2" in
	-) [ -z "$first" ] || { wrong "$1: «$first» does not hold"; return; } ;;
	any) [ -n "$first" ] || { wrong "$1: no reason given"; return; } ;;
	*) [ "$first" = "$2" ] || { wrong "$1: «$first» does not hold, expected «$2»"; return; } ;;
	esac
	passed=$((passed + 1))
}

for record in record record-odd record-small; do
	try "test/vectors/$record" - 0
done
"$build/tools/break-record" "$folder" test/vectors/record test/vectors/record-odd test/vectors/record-small \
	>"$folder/names" || { echo "break-record failed"; failed=$((failed + 1)); }
while read -r path; do
	read -r check status <"$path.expect"
	try "$path" "$check" "$status"
done <"$folder/names"
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
