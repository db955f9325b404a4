#!/bin/bash
# on_node.sh NODE COMMAND…: starts a command on a node of either component of a heterogeneous job, as ssh would.
# gpu_trainer.sbatch gives it to mpirun.
node=$1
shift
group=0
scontrol show hostnames "$SLURM_JOB_NODELIST_HET_GROUP_1" | grep -qx "$node" && group=1
exec srun --mpi=none --overlap --het-group=$group --nodes=1 --ntasks=1 --nodelist="$node" bash -c "$*"
