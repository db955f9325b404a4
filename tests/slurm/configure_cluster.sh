#!/usr/bin/env bash
# configure_cluster.sh DIR MODE NODES CPUS: writes the key and the configuration that cluster.sh starts Slurm with.
set -euo pipefail
dir=$1 mode=$2 nodes=$3 cpus=$4
user=$(id -un)
version=$(slurmd -V | sed 's/[^0-9]*\([0-9]*\.[0-9]*\).*/\1/')

if [[ $mode == namespaces ]]; then
  login=login address=198.18.0.254 port=6817
  {
    echo "127.0.0.1 localhost"
    echo "$address $login"
    for ((i = 1; i <= nodes; i++)); do echo "198.18.0.$i n$i"; done
  } >"$dir/etc/hosts"
  node() { echo "NodeName=n$1 NodeAddr=198.18.0.$1 Port=6818"; }
else
  login=$(hostname -s) address=127.0.0.1 port=$((20000 + RANDOM % 100 * 100))
  getent hosts "$login" >/dev/null ||
    { echo "cluster.sh: this host does not know its own name; add '127.0.0.1 $login' to /etc/hosts." >&2; exit 77; }
  node() { echo "NodeName=n$1 NodeHostname=$login NodeAddr=127.0.0.1 Port=$((port + $1))"; }
fi

# Cores can be bound to if there are as many as a node says it has.
[[ $cpus -le $(env -u OMP_NUM_THREADS nproc) ]] && binding=task/affinity || binding=task/none

install -d -m 0700 "$dir/munge"
(umask 077 && head -c 1024 /dev/urandom >"$dir/munge/key")

{
  cat <<CONF
ClusterName=test
SlurmctldHost=$login($address)
SlurmctldPort=$port
SlurmUser=$user
SlurmdUser=$user
# cred_expire: a requeued job is held for as long as its credential lives, 120 s if nothing is said
AuthInfo=socket=$dir/run/munge.socket,cred_expire=5
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool_%n
TmpFS=$dir/tmp_%n
SlurmctldPidFile=$dir/pids/slurmctld.pid
SlurmdPidFile=$dir/pids/slurmd_%n.pid
SlurmctldLogFile=$dir/log/slurmctld.log
SlurmdLogFile=$dir/log/slurmd_%n.log
# All nodes are this machine, so what they say they have need not be there
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=$binding
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
GresTypes=gpu
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0,sched_min_interval=0
EnforcePartLimits=ALL
MpiDefault=none
ReturnToService=2
JobRequeue=1
KillWait=3
MinJobAge=3600
SlurmctldTimeout=10
# A node that is silent for so long is down
SlurmdTimeout=6
MessageTimeout=5
MailProg=/bin/true
CONF
  [[ $mode == namespaces ]] || echo "SrunPortRange=$((port + 40))-$((port + 99))"
  for ((i = 1; i <= nodes; i++)); do
    echo "$(node "$i") CPUs=$cpus RealMemory=$((cpus * 1024)) $( ((i < nodes)) || echo Gres=gpu:2)"
  done
  ((nodes == 1)) && cpu_nodes=n1 || cpu_nodes="n[1-$((nodes - 1))]"
  echo "PartitionName=all Nodes=ALL Default=YES MaxTime=60 DefaultTime=5"
  echo "PartitionName=cpu Nodes=$cpu_nodes MaxTime=60 DefaultTime=5"
  echo "PartitionName=gpu Nodes=n$nodes MaxTime=60 DefaultTime=5"
} >"$dir/etc/slurm.conf"
# Two GPUs as far as the scheduler is concerned.
printf 'NodeName=n%d Name=gpu File=/dev/%s\n' "$nodes" null "$nodes" zero >"$dir/etc/gres.conf"
# From 23.02 on slurmd insists on cgroups unless told otherwise.
[[ $(printf '%s\n' 23.02 "$version" | sort -V | head -n 1) != 23.02 ]] ||
  echo CgroupPlugin=disabled >"$dir/etc/cgroup.conf"

{
  echo "export SLURM_CONF=$dir/etc/slurm.conf"
  # More ranks than cores, and several nodes on the same ones.
  echo "export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_pml=ob1"
  # Each node's own: the folder of a killed daemon ends a later one with the same node name and process number.
  echo "export OMPI_MCA_orte_tmpdir_base=$dir/tmp PRTE_MCA_prte_tmpdir_base=$dir/tmp"
  [[ $user != root ]] || echo "export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1"
  # The same host name, yet to be told apart: through loopback, not shared memory.
  [[ $mode == namespaces ]] ||
    echo "export OMPI_MCA_btl=self,tcp OMPI_MCA_btl_tcp_if_include=lo OMPI_MCA_oob_tcp_if_include=lo"
} >"$dir/environment.sh"
