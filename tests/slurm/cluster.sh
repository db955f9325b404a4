#!/usr/bin/env bash
# A private Slurm on this machine, to submit job scripts to: no systemd, nothing written outside of DIR.
#
#   cluster.sh start DIR [NODES=4] [CPUS=2]     munged, slurmctld, and a slurmd for each of the nodes n1, n2, …
#   cluster.sh login DIR COMMAND…               runs sbatch, squeue, … where users are
#   cluster.sh on DIR n2 COMMAND…               runs a command on a node, without Slurm
#   cluster.sh crash DIR n2                     ends everything on a node at once
#   cluster.sh boot DIR n2                      and brings it back
#   cluster.sh stop DIR                         ends what start has started, by its ids, and nothing else
#
# As root each node is a set of namespaces (host name, network, processes, mounts) on the same file system, so that
# nodes talk through real TCP and die as a whole. Otherwise, or with MODE=plain, they are slurmd on ports of this host,
# and crash and boot do not work. With OWNER=PID the cluster ends soon after that process, however that ends.
#
# Exit code 77, with a sentence, if something that is needed is missing or not permitted: ctest skips.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
[[ $# -ge 2 ]] || { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}" >&2; exit 2; }
action=$1 dir=$2
shift 2

say() { echo "cluster.sh: $*" >&2; }

# alive PID NAME: an id alone may be somebody else's by now. A zombie has ended: in a container whose first process waits
# for nobody it stays for good.
alive() { grep -q "^$1 ($2) [^Z]" "/proc/$1/stat" 2>/dev/null; }

# on HOST COMMAND…: as if typed there, in the same directory.
on() {
  # shellcheck source=/dev/null
  source "$dir/environment.sh"
  local host=$1
  shift
  [[ $(cat "$dir/mode") != plain ]] || { "$@"; return; }
  # A host that is gone is a failure: out here its commands would wait minutes for addresses that nobody has.
  local init
  init=$(cat "$dir/pids/$host.init" 2>/dev/null) || { say "host $host is gone"; exit 1; }
  # shellcheck disable=SC2016  # for the shell inside
  nsenter -t "$init" -r -w -m -u -n -p -- \
    /bin/sh -c 'cd "$1" && shift && exec "$@"' sh "$PWD" "$@"
}

# new_host NAME ADDRESS: namespaces, held by a first process that also reaps orphans. When it dies, all in them do.
new_host() {
  rm -f "$dir/run/$1.up"
  # shellcheck disable=SC2016  # for the shell inside
  setsid unshare --uts --net --mount --pid --fork --kill-child --mount-proc \
    /bin/bash -c 'cd /; hostname "$1"; mount --bind "$2/etc/hosts" /etc/hosts
      mount -t tmpfs -o mode=1777 tmpfs /dev/shm
      mount -t tmpfs -o mode=1777 tmpfs "$2/tmp"
      ip link set lo up; : >"$2/run/$1.up"; while :; do sleep 3600 & wait; done' init "$1" "$dir" \
    </dev/null >>"$dir/log/host_$1.log" 2>&1 &
  local pid=$!
  disown
  echo $pid >"$dir/pids/$1.host"
  until [[ -e $dir/run/$1.up ]]; do
    alive $pid bash || alive $pid setsid || alive $pid unshare || {
      say "no namespaces here, even for root: $(tail -n 1 "$dir/log/host_$1.log")"
      exit 77
    }
    sleep 0.02
  done
  tr -d ' ' <"/proc/$pid/task/$pid/children" >"$dir/pids/$1.init"
}

# boot NODE: its namespaces, its wire to the switch on the login node, its slurmd.
boot() {
  # What a dead node leaves in its spool, such as the socket of PMIx, would be in the way of the same job.
  rm -rf "${dir:?}/spool_$1" "${dir:?}/tmp_$1"
  mkdir -p "$dir/spool_$1" "$dir/tmp_$1"
  if [[ $(cat "$dir/mode") == namespaces ]]; then
    new_host "$1"
    nsenter -t "$(cat "$dir/pids/login.init")" -n -- \
      ip link add "v$1" type veth peer name eth0 netns "$(cat "$dir/pids/$1.init")"  # an id of out here
    on login ip link set "v$1" master switch up
    on "$1" ip addr add "198.18.0.${1#n}/24" dev eth0  # RFC 2544: addresses for tests of networks
    on "$1" ip link set eth0 up
  fi
  on "$1" slurmd -N "$1"
}

crash() {
  alive "$(cat "$dir/pids/$1.host")" unshare && kill -KILL "$(cat "$dir/pids/$1.host")"
}

# until_idle NODE…: waits until the scheduler has heard of all of them.
until_idle() {
  local deadline=$((SECONDS + ${SLURM_TEST_PATIENCE:-60}))
  until [[ $(timeout 5 "$0" login "$dir" sinfo -h -N -p all -n "$(IFS=,; echo "$*")" -o %T 2>/dev/null |
             grep -c '^idle$') -eq $# ]]; do
    if ((SECONDS > deadline)); then
      say "nodes $* do not come up:"
      tail -n 10 "$dir"/log/*.log >&2
      exit 1
    fi
    sleep 0.1
  done
}

start() {
  local nodes=${1:-4} cpus=${2:-2} mode tool
  [[ $(id -u) -eq 0 ]] && mode=${MODE:-namespaces} || mode=plain
  for tool in munged slurmctld slurmd sinfo $([[ $mode == plain ]] || echo ip unshare nsenter setsid); do
    command -v "$tool" >/dev/null || {
      say "there is no $tool (Debian: munge slurmctld slurmd slurm-client iproute2)"
      exit 77
    }
  done
  [[ ! -e $dir/pids ]] || { say "$dir is in use"; exit 1; }
  mkdir -p "$dir"/{etc,log,pids,run,state,tmp}
  dir=$(cd "$dir" && pwd -P)
  echo "$mode" >"$dir/mode"
  trap '"$0" stop "$dir"' EXIT  # whatever goes wrong from here on
  "$here/configure_cluster.sh" "$dir" "$mode" "$nodes" "$cpus"

  if [[ $mode == namespaces ]]; then
    new_host login
    on login ip link add switch type bridge
    on login ip addr add 198.18.0.254/24 dev switch
    on login ip link set switch up
  fi
  on login munged --force --num-threads=2 --key-file="$dir/munge/key" --seed-file="$dir/munge/seed" \
    --socket="$dir/run/munge.socket" --pid-file="$dir/pids/munged.pid" --log-file="$dir/log/munged.log"
  on login slurmctld -c
  local names=() i
  for ((i = 1; i <= nodes; i++)); do
    boot "n$i"
    names+=("n$i")
  done
  until_idle "${names[@]}"
  if [[ -n ${OWNER:-} ]]; then
    # shellcheck disable=SC2016  # for the shell inside
    setsid bash -c 'tail --pid="$1" -f /dev/null; exec "$2" stop "$3"' watch "$OWNER" "$here/cluster.sh" "$dir" \
      </dev/null >/dev/null 2>&1 &
    echo $! >"$dir/pids/watch"
  fi
  trap - EXIT
  echo "Slurm $(slurmd -V | cut -d' ' -f2) is up ($mode): $nodes nodes of $cpus cores. $0 login $dir sbatch …"
}

# ended PID NAME: SIGTERM, and SIGKILL if that does not help.
ended() {
  alive "$1" "$2" || return 0
  kill -TERM "$1" 2>/dev/null || true
  for _ in {1..30}; do alive "$1" "$2" || return 0; sleep 0.1; done
  kill -KILL "$1" 2>/dev/null || true
}

stop() {
  [[ -d $dir/pids ]] || exit 0
  local file name
  if [[ $(cat "$dir/mode") == namespaces ]]; then
    for file in "$dir"/pids/*.host; do
      [[ -r $file ]] && alive "$(cat "$file")" unshare && kill -KILL "$(cat "$file")"
    done
    for file in "$dir"/pids/*.init; do  # nobody is left of a host when its first process is gone
      while [[ -r $file ]] && alive "$(cat "$file")" bash; do sleep 0.05; done
    done
  else
    on login timeout 10 scancel --state=PENDING,RUNNING,SUSPENDED 2>/dev/null || true
    for _ in {1..50}; do [[ -n $(on login timeout 5 squeue -h 2>/dev/null) ]] || break; sleep 0.2; done
    for name in slurmctld slurmd munged; do
      for file in "$dir/pids/$name"*.pid; do
        [[ ! -r $file ]] || ended "$(cat "$file")" "$name"
      done
    done
  fi
  # Last, as the watch may be what runs this.
  file=$dir/pids/watch
  local watch=''
  [[ ! -r $file ]] || watch=$(cat "$file")
  rm -rf "$dir/pids" "$dir/run"
  if [[ -n $watch && $watch -ne $$ ]] && alive "$watch" bash; then
    kill -TERM -- "-$watch" 2>/dev/null || true  # with its tail; it leads a session of its own
  fi
}

[[ $action == start ]] || dir=$(cd "$dir" && pwd -P)
[[ $action == start || $action == stop || -d $dir/pids ]] || { say "no cluster runs in $dir"; exit 1; }
case $action in
  start) start "$@" ;;
  login) on login "$@" ;;
  on) on "$@" ;;
  crash) crash "$@" ;;
  boot) boot "$1" && until_idle "$1" ;;
  stop) stop ;;
  *) say "unknown action '$action'; they are start, login, on, crash, boot and stop."; exit 2 ;;
esac
