# The row patroni of test/faults: three hosts (loopback, ports of their own), each with etcd, Patroni and PostgreSQL; the backend
# has the three in its connection string. A host is lost under load, all of it; Patroni finds that out and promotes by itself.
# doc/alta-disponibilidad.md says how an installation does it.

HOSTS=(db1 db2 db3)
declare -A SQL_PORT REST_PORT ETCD_PORT PEER_PORT

patroni_installed() { # Debian's patroni, etcd-server
	local program
	for program in patroni patronictl etcd; do
		command -v "$program" >/dev/null || { echo "$program"; return 1; }
	done
}

# Before the opening: the three hosts instead of the one cluster, the roles with passwords, all hosts in the settings.
patroni_settings() {
	local host hosts='' ports=() i=0 settings=$WORK/patroni/cluster.yml
	stop_database
	mkdir -p "$WORK/patroni"
	read -r -a ports <<<"$(perl -MIO::Socket::INET -e 'my @s = map { IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1)
		or die } 1 .. 12; print join(" ", map { $_->sockport } @s), "\n"')"
	for host in "${HOSTS[@]}"; do
		SQL_PORT[$host]=${ports[i++]} REST_PORT[$host]=${ports[i++]} ETCD_PORT[$host]=${ports[i++]} PEER_PORT[$host]=${ports[i++]}
	done
	PASSWORD=$(openssl rand -hex 16)
	echo "127.0.0.1:*:*:*:$PASSWORD" >"$WORK/patroni/passwords" && chmod 600 "$WORK/patroni/passwords"
	# Kept in etcd, the same for all: how long a leader that says nothing is believed, and who may follow it.
	cat >"$settings" <<-YML
	ttl: 20
	loop_wait: 5
	retry_timeout: 5
	maximum_lag_on_failover: 16777216
	failsafe_mode: true
	synchronous_mode: true
	synchronous_mode_strict: true
	synchronous_node_count: 1
	master_start_timeout: 0
	postgresql:
	  use_pg_rewind: true
	  use_slots: true
	  parameters: {max_connections: 200, wal_log_hints: 'on', wal_keep_size: 1GB, wal_retrieve_retry_interval: 1s}
	YML
	for host in "${HOSTS[@]}"; do
		patroni_host "$host"
		host_start "$host"
	done
	until_holds 60 eval '[ "$(of_role leader | wc -l)" = 1 ]' && use_leader || return 1
	psql -X -q -v ON_ERROR_STOP=1 -h "$DB_SOCKET" -U postgres -d postgres -f sql/roles.sql || return 1
	for host in vemre_owner vemre_web vemre_monitor vemre_admin; do cluster "ALTER ROLE $host PASSWORD '$PASSWORD'" >/dev/null; done
	# roles.sql closes the database postgres to all; whoever rewinds looks there whether the new leader has been promoted.
	cluster 'GRANT CONNECT ON DATABASE postgres TO rebobinador' >/dev/null
	until_holds 180 healthy || return 1
	hosts=$(printf ',127.0.0.1%.0s' "${HOSTS[@]}") ports="${SQL_PORT[db1]},${SQL_PORT[db2]},${SQL_PORT[db3]}"
	echo 'journal = { seal_seconds = 2; };' >>"$VEMRE_CONFIG"
	sed -i "s|connection = \"[^\"]*\"|connection = \"host=${hosts#,} port=$ports passfile=$WORK/patroni/passwords target_session_attrs=read-write\"|" "$VEMRE_CONFIG"
	grep -q target_session_attrs "$VEMRE_CONFIG"
}
patroni_host() { # its folder and its Patroni's settings
	local me dir=$WORK/patroni/$1 one etcd=
	me=$(id -un)
	mkdir -p "$dir/run"
	for one in "${HOSTS[@]}"; do etcd+=${etcd:+,}127.0.0.1:${ETCD_PORT[$one]}; done
	cat >"$dir/patroni.yml" <<-YML
	scope: vemre
	name: $1
	restapi: {listen: '127.0.0.1:${REST_PORT[$1]}', connect_address: '127.0.0.1:${REST_PORT[$1]}'}
	etcd3: {hosts: '$etcd'}
	bootstrap:
	  dcs:
	$(sed 's/^/    /' "$WORK/patroni/cluster.yml")
	  initdb: [encoding: UTF8, locale: C.UTF-8, data-checksums]
	watchdog: {mode: 'off'}
	postgresql:
	  listen: 127.0.0.1:${SQL_PORT[$1]}
	  connect_address: 127.0.0.1:${SQL_PORT[$1]}
	  data_dir: $dir/data
	  bin_dir: $(pg_bin)
	  pgpass: $dir/pgpass
	  use_unix_socket: true
	  authentication:
	    superuser: {username: postgres, password: '$PASSWORD'}
	    replication: {username: replicador, password: '$PASSWORD'}
	    rewind: {username: rebobinador, password: '$PASSWORD'}
	  pg_hba:
	  - local all all peer map=vemre
	  - host all all 127.0.0.1/32 scram-sha-256
	  - host replication replicador 127.0.0.1/32 scram-sha-256
	  pg_ident:
	$(for one in postgres vemre_owner vemre_web vemre_monitor vemre_admin; do echo "  - vemre $me $one"; done)
	  parameters:
	    unix_socket_directories: $dir/run
	    unix_socket_permissions: '0700'
	    synchronous_commit: 'on'
	    log_min_error_statement: panic
	    log_parameter_max_length: 0
	    log_parameter_max_length_on_error: 0
	    timezone: UTC
	YML
}
host_start() {
	etcd_start "$1"
	RUN=$WORK/patroni/$1 launch patroni patroni "$WORK/patroni/$1/patroni.yml"
}
etcd_start() {
	local dir=$WORK/patroni/$1 one all=
	for one in "${HOSTS[@]}"; do all+=${all:+,}$one=http://127.0.0.1:${PEER_PORT[$one]}; done
	RUN=$dir launch etcd etcd --name "$1" --data-dir "$dir/etcd" --initial-cluster "$all" --initial-cluster-state new \
		--listen-client-urls "http://127.0.0.1:${ETCD_PORT[$1]}" --advertise-client-urls "http://127.0.0.1:${ETCD_PORT[$1]}" \
		--listen-peer-urls "http://127.0.0.1:${PEER_PORT[$1]}" --initial-advertise-peer-urls "http://127.0.0.1:${PEER_PORT[$1]}" \
		--heartbeat-interval 200 --election-timeout 2000
}
# kill -9 of all that runs there: the host is gone, nobody ends a commit any more.
host_lost() {
	local dir=$WORK/patroni/$1 postmaster victims
	postmaster=$(head -n 1 "$dir/data/postmaster.pid")
	victims="$(cat "$dir/patroni.pid") $postmaster $(pgrep -d ' ' -P "$postmaster") $(cat "$dir/etcd.pid")"
	# shellcheck disable=SC2086
	kill -9 $victims 2>/dev/null
	# shellcheck disable=SC2086
	for postmaster in $victims; do until_holds 5 gone "$postmaster" || trouble="$1: still alive"; done
}
patroni_stop() {
	local host pid
	for host in "${HOSTS[@]}"; do kill "$(cat "$WORK/patroni/$host/patroni.pid")" 2>/dev/null; done
	for host in "${HOSTS[@]}"; do # it stops its PostgreSQL, too
		until_holds 30 gone "$(cat "$WORK/patroni/$host/patroni.pid")" || kill -9 "$(cat "$WORK/patroni/$host/patroni.pid")"
		"$(pg_bin)/pg_ctl" -D "$WORK/patroni/$host/data" -m immediate stop >/dev/null 2>&1
	done
	for host in "${HOSTS[@]}"; do
		pid=$(cat "$WORK/patroni/$host/etcd.pid")
		kill "$pid" 2>/dev/null
		until_holds 10 gone "$pid" || kill -9 "$pid"
	done
}

# ---- what Patroni says of its cluster
cluster_view() { # as the first host has it that answers
	local host
	for host in "${HOSTS[@]}"; do
		curl -fsS -m 3 "http://127.0.0.1:${REST_PORT[$host]}/cluster" 2>/dev/null && return
	done
}
of_role() { cluster_view | jq -r --arg role "$1" '.members[] | select(.role == $role and .state == "running") | .name'; }
# One leader, one synchronous standby and one more, all three on the same timeline.
healthy() {
	cluster_view | jq -e '.members | map(select(.state == "running")) | length == 3 and (map(.role) | sort) == ["leader", "replica", "sync_standby"]
		and (map(.timeline) | unique | length) == 1 and (map(select(.role != "leader") | .lag) | all(. == 0))'
}
use_leader() {
	local leader; leader=$(of_role leader)
	[ -n "$leader" ] && use_host "$leader"
}
use_host() { export DB_SOCKET=$WORK/patroni/$1/run PGPORT=${SQL_PORT[$1]}; }
on_host() { # host, statement
	(use_host "$1" && sql postgres "$2")
}
receiver() { pgrep -P "$(head -n 1 "$WORK/patroni/$1/data/postmaster.pid")" -f walreceiver; }

# ---- a host lost under load
# The two standbys are made different first, or which of them is promoted would not matter: the one that is not synchronous
# receives nothing for two seconds in which voters get receipts. And for the last moment the synchronous one receives nothing
# either: the primary then has ballots that nobody has been told about, which it must throw away before it comes back.
primary_lost() {
	local leader=$1 standby=$2 other=$3 began
	local -A frozen=([$standby]='' [$other]='')
	frozen[$other]=$(receiver "$other") && kill -STOP "${frozen[$other]}" || trouble="$other receives nothing anyway"
	sleep 2
	frozen[$standby]=$(receiver "$standby") && kill -STOP "${frozen[$standby]}" || trouble="$standby receives nothing anyway"
	sleep 0.5
	[ "$(cluster_view | jq -r '.members[] | select(.role == "sync_standby") | .name')" = "$standby" ] || trouble="$standby is not synchronous any more"
	began=$(now_ms)
	host_lost "$leader"
	hit
	# What is still in their sockets is not read any more, as it would not be had the network gone.
	kill -TERM "${frozen[$standby]}" "${frozen[$other]}"
	kill -CONT "${frozen[$standby]}" "${frozen[$other]}"
	[ "$(on_host "$other" 'SELECT count(*) FROM vemre.ballot')" -lt "$(on_host "$standby" 'SELECT count(*) FROM vemre.ballot')" ] ||
		trouble="$other had all that $standby has"
	until_holds 90 promoted "$standby" "$other" || trouble="nobody was promoted"
	note+="${note:+; }$leader lost: promoted after $(seconds $(($(now_ms) - began)))"
	[ "$(on_host "$standby" 'SELECT pg_is_in_recovery()')" = f ] || trouble="not the synchronous standby was promoted"
	began=$(now_ms)
	casts_go_on 60
	[ $(($(now_ms) - began)) -lt 10000 ] || trouble="casts went on $(seconds $(($(now_ms) - began))) after the promotion"
	note+=", casts $(seconds $(($(now_ms) - began))) later"
	# The lost host comes back as it was left: Patroni makes a standby of it.
	host_start "$leader"
	until_holds 120 healthy || trouble="the three are not well again: $(cluster_view)"
	grep -q 'running pg_rewind' "$WORK/patroni/$leader/patroni.log" || trouble="$leader was not rewound"
	use_leader
}
promoted() { # one of these
	local host
	for host; do [ "$(on_host "$host" 'SELECT pg_is_in_recovery()' 2>/dev/null)" = f ] && return; done
	return 1
}
# etcd without its quorum, for longer than the leader's key lives: the primary asks the others itself, and goes on.
quorum_lost() {
	local host pid leader; leader=$(of_role leader)
	for host in "${HOSTS[@]:0:2}"; do
		pid=$(cat "$WORK/patroni/$host/etcd.pid")
		kill -9 "$pid" && until_holds 5 gone "$pid" || trouble="no etcd to kill"
	done
	hit
	sleep 30
	casts_go_on 10
	[ "$(on_host "$leader" 'SELECT pg_is_in_recovery()')" = f ] || trouble="$leader is no primary any more"
	for host in "${HOSTS[@]:0:2}"; do etcd_start "$host"; done
	until_holds 60 healthy || trouble="not well with etcd back: $(cluster_view)"
	[ "$(of_role leader)" = "$leader" ] || trouble="another leader than before"
}
seconds() { awk -v ms="$1" 'BEGIN { printf "%.1f s", ms / 1000 }'; }

row_patroni() {
	local leader note='' missing sealed began
	missing=$(patroni_installed) || { printf '%-44s not run: no %s here\n' "Patroni" "$missing"; return; }
	# A role may change its own defaults: that a cast's commit waits for the standby is not left to them (vemre.commit_waits).
	sql postgres "ALTER ROLE vemre_web SET synchronous_commit = 'local'" >/dev/null || trouble="role"
	restart_backend
	begin "Patroni: the primary's host lost, twice" 15
	for _ in 1 2; do
		pause 0.5 1.5
		primary_lost "$(of_role leader)" "$(of_role sync_standby)" "$(of_role replica)"
	done
	quorum_lost
	note+="; etcd's quorum lost for 30 s: casts go on"
	# And a switchover, as an administrator does it before work on a host.
	leader=$(of_role leader)
	began=$(now_ms)
	hit
	patronictl -c "$WORK/patroni/$leader/patroni.yml" switchover --leader "$leader" --candidate "$(of_role sync_standby)" --force vemre \
		>"$LOAD/switchover.log" 2>&1 || trouble="switchover: $(tail -n 1 "$LOAD/switchover.log")"
	casts_go_on 60
	note+="; switchover: casts after $(seconds $(($(now_ms) - began)))"
	until_holds 60 healthy || trouble="not well after the switchover: $(cluster_view)"
	use_leader
	[ "$(of_role leader)" != "$leader" ] || trouble="the leader is the same"
	end_row 4 "$note"
	# The journal's sealing goes on at the new primary.
	sealed=$(wc -l <"$ELECTION/monitor/server-heads.jsonl")
	until_holds 30 eval "[ \$(wc -l <'$ELECTION/monitor/server-heads.jsonl') -gt $sealed ]" ||
		{ failed=1; echo "    DOES NOT HOLD: the journal is not sealed any more"; }
}
