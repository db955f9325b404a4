#!/usr/bin/env bash
# From a fresh clone to a picture: installs what is missing, builds, runs a methane flame among vortices on two ranks,
# and draws the result into out/demo, with a report as one HTML page. The network knows nothing before the run.
#
#   scripts/demo.sh             the hybrid run
#   scripts/demo.sh --compare   and the same case by pure physics, as accurate as what the hybrid learns from and as
#                               accurate as the hybrid is asked to be; times, and how far the fields are apart
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

case ${1:-} in
  '' | --compare) ;;
  *) echo "demo.sh: unknown argument '$1'; the only one is --compare." >&2; exit 2 ;;
esac

run() {  # run DIRECTORY [ARGUMENT...]
  local directory=$1
  shift
  mpirun --oversubscribe -n 2 build/release/bin/bimetal run inputs/ch4_vortices.yaml -o "$directory" --overwrite "$@"
}

say "Dependencies"
scripts/install_dependencies.sh
build release bimetal
say "Running inputs/ch4_vortices.yaml on 2 ranks"
run out/demo
say "Drawing"
python postprocess/plot_fields.py out/demo
python postprocess/plot_run.py out/demo
runs=(out/demo)

if [[ ${1:-} == --compare ]]; then
  say "The same case by pure physics as accurate as what the hybrid learns from"
  run out/demo_auto --set switching.policy=never
  say "The same by pure physics at the hybrid's tolerance"
  run out/demo_fast --set switching.policy=never --set chemistry.rtol=1e-3 --set chemistry.atol=1e-7
  say "How fast, and how far from the more accurate physics at the end"
  python scripts/demo_table.py
  runs+=(out/demo_auto out/demo_fast)
fi

say "Done: out/demo"
ls out/demo/*.png
echo "Report, to be opened in a browser: $PWD/$(python postprocess/report.py "${runs[@]}")"
