#!/usr/bin/env bash
# Proves the clone: installs what is missing, builds with contracts on and warnings as errors, and runs the tests.
#
#   scripts/test.sh         everything that takes less than minutes: about 25 of them on two quiet cores
#   scripts/test.sh --all   and the long verification, the release build's tests, and the sanitizers' run of the unit tests
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

case ${1:-} in
  '' | --all) ;;
  *) echo "test.sh: unknown argument '$1'; the only one is --all." >&2; exit 2 ;;
esac

say "Dependencies"
scripts/install_dependencies.sh --slurm

if [[ ${1:-} == --all ]]; then
  build release
  say "Testing (release, with the long tests)"
  ctest --preset release --parallel "$(cores)"
  folders=(core chemistry subproblem homogenisation precipitation control parallel config surrogate hybrid library grid flow conduction diffusion io app)
  build asan "${folders[@]/%/_tests}"
  # On one rank and two: four find nothing more, and take their time. Not the programs in Python: they start MPI and
  # PETSc hundreds of times.
  say "Testing (asan)"
  unit_tests="^($(IFS='|'; echo "${folders[*]}"))\.([A-Z]|[12]_rank)"
  ctest --preset asan --parallel "$(cores)" --tests-regex "$unit_tests"
fi

build dev
say "Testing (dev)"
# One more at a time than there are cores, since many wait as much as they work.
ctest --preset dev --parallel $(($(cores) + 1)) --label-exclude long
