#!/usr/bin/env bash
# From a fresh clone to a picture: installs what is missing, builds, runs the hydrogen kernel on two ranks, and draws
# the result into out/demo.
#
#   scripts/demo.sh             the hybrid run
#   scripts/demo.sh --compare   and the same case by pure physics, as accurate as what the hybrid learns from and as
#                               accurate as the hybrid is asked to be, with all times and the differences of the fields
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

case ${1:-} in
  '' | --compare) ;;
  *) echo "demo.sh: unknown argument '$1'; the only one is --compare." >&2; exit 2 ;;
esac

run() {  # run DIRECTORY [ARGUMENT...]
  local directory=$1
  shift
  mpirun --oversubscribe -n 2 build/release/bin/bimetal run inputs/h2_kernel.yaml -o "$directory" --overwrite "$@"
}

say "Dependencies"
scripts/install_dependencies.sh
build release bimetal
say "Running inputs/h2_kernel.yaml on 2 ranks"
run out/demo
say "Drawing"
python postprocess/plot_fields.py out/demo
python postprocess/plot_run.py out/demo

if [[ ${1:-} == --compare ]]; then
  say "The same case by pure physics"
  run out/demo_never --set switching.policy=never
  say "The same by pure physics at the hybrid's tolerance"
  run out/demo_fast --set switching.policy=never --set chemistry.rtol=1e-3 --set chemistry.atol=1e-7
  say "Hybrid (A) against pure physics (B)"
  python postprocess/compare_runs.py out/demo out/demo_never
  say "Pure physics at the hybrid's tolerance (A) against pure physics (B)"
  python postprocess/compare_runs.py out/demo_fast out/demo_never
fi

say "Done: out/demo"
ls out/demo/*.png
