# Rows of test/faults: parts killed with SIGKILL at random moments under load, and started again at once.

kills() { # times, what, part…
	local i part
	begin "$2: kill -9"
	for ((i = 0; i < $1; i++)); do
		pause 0.2 1.2
		for part in "${@:3}"; do kill9 "$part"; done
		hit
		for part in "${@:3}"; do revive "$part"; done
		casts_go_on 40
	done
	end_row "$1" "$(jq -rs 'map(select(.try > 1)) | length' "$row_out") ballots sent again"
}
row_backend() { kills "$1" "a backend" backend; }
row_session() { kills "$1" "one process of PostgreSQL" session; }
row_postgresql() { kills "$1" "PostgreSQL (postmaster)" postmaster; }
row_nginx() { kills "$1" "nginx, all of it" site; }
row_signer() { kills "$1" "the signer" signer; }
row_everything() { kills "$1" "all of them at once" site backend signer postmaster; }
