# shellcheck shell=bash
# Shared by the job scripts, which source it in the directory of submission: the site's software, what every rank needs
# to know, and how ranks are launched. Knobs, as everywhere environment variables: BIMETAL, LAUNCHER, BIND, ARGUMENTS.

# 1. What bimetal was built with. Module scripts may trip over `set -u`, hence the brackets.
#
#   set +u
#   module purge && module load gcc openmpi hdf5 petsc libtorch
#   # or: source /path/to/spack/share/spack/setup-env.sh && spack env activate bimetal
#   set -u

BIMETAL=${BIMETAL:-build/release/bin/bimetal}
LAUNCHER=${LAUNCHER:-srun}    # srun; or mpirun, where srun knows no PMIx (srun --mpi=list)
BIND=${BIND:-core}            # one core for each rank; or none, where the site binds
ARGUMENTS=${ARGUMENTS:-}      # more words for the command line, such as "--set time.end=1e-4 --set seed=2"
# shellcheck disable=SC2034  # by the scripts
read -ra arguments <<<"$ARGUMENTS"

# 2. Each rank owns one core. Libraries that start threads of their own would fight over it.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1

# PMIx's shared-memory store (ds21) crashes at random in MPI_Init under srun with PMIx 4.2; the hash store does not.
export PMIX_MCA_gds=hash

# fail SENTENCE: in seconds, rather than on every rank.
fail() {
  echo "$SLURM_JOB_NAME: $*" >&2
  exit 2
}

[[ -x $BIMETAL ]] || fail "no program '$BIMETAL'; build it, or set BIMETAL."
[[ $BIND == core || $BIND == none ]] || fail "BIND is '$BIND'; say core or none."

# 3. The launcher, without the program.
case $LAUNCHER in
  # The exit code is to be the program's: no rank is killed because another has ended, but for those that do not end
  # within half a minute. When a rank dies, PMIx ends the others.
  srun) launcher=(srun --mpi=pmix "--cpu-bind=${BIND/core/cores}" --distribution=block:block
                  --kill-on-bad-exit=0 --wait=30) ;;
  # mpirun takes nodes and ranks from the allocation, and ends the job itself when a rank dies.
  mpirun) launcher=(mpirun --map-by core --bind-to "$BIND") ;;
  *) fail "LAUNCHER is '$LAUNCHER'; say srun or mpirun." ;;
esac

# Slurm signals the script, not the ranks (--signal=B:…); srun and mpirun both pass USR1 on, and bimetal then writes a
# checkpoint and ends with exit code 3.
launched=
# shellcheck disable=SC2329  # by the trap
pass_on() {
  echo "$SLURM_JOB_NAME: USR1 from Slurm, the time is nearly over"
  [[ -z $launched ]] || kill -USR1 "$launched" 2>/dev/null || true
}
trap pass_on USR1

finished() { stat --format=%y "$OUTPUT/summary.json" 2>/dev/null || true; }

# launch COMMAND…: a run into OUTPUT on all ranks of the job; gives its exit code. srun has been seen to say 0 when it
# could not start a single rank, so 0 counts only with a new summary.
launch() {
  local before code=0
  before=$(finished)
  echo "$(date --iso-8601=seconds)  ${SLURM_JOB_NODELIST}: ${launcher[*]} $*"
  "${launcher[@]}" "$@" &
  launched=$!
  while kill -0 "$launched" 2>/dev/null; do  # a signal ends `wait` early
    wait "$launched" || true
  done
  wait "$launched" || code=$?
  if [[ $code -eq 0 && $(finished) == "$before" ]]; then
    echo "$SLURM_JOB_NAME: $LAUNCHER says that all went well, but the run has written no summary.json." >&2
    code=255
  fi
  return $code
}

# finish CODE [OUTPUT]: says what an exit code of bimetal means for the job, and ends with it.
finish() {
  case $1 in
    0) echo "$SLURM_JOB_NAME: done, $OUTPUT" ;;
    3) echo "$SLURM_JOB_NAME: stopped with a checkpoint; submit again with OUTPUT=${2:-$OUTPUT} and it goes on." ;;
    *) echo "$SLURM_JOB_NAME: ended with exit code $1 (docs/failures.md)." ;;
  esac >&2
  exit "$1"
}
