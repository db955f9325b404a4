#!/usr/bin/env bash
# Proves the clone: installs what is missing, builds with contracts on and warnings as errors, and runs the tests.
#
#   scripts/test.sh         everything that takes less than minutes
#   scripts/test.sh --all   and the long verification, the release build's tests, and the sanitizers' run of the unit tests
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

case ${1:-} in
  '' | --all) ;;
  *) echo "test.sh: unknown argument '$1'; the only one is --all." >&2; exit 2 ;;
esac

say "Dependencies"
scripts/install_dependencies.sh

if [[ ${1:-} == --all ]]; then
  build release
  say "Testing (release, with the long tests)"
  ctest --preset release --parallel "$(cores)"
  build asan core_tests chemistry_tests subproblem_tests control_tests
  say "Testing (asan)"
  ctest --preset asan --parallel "$(cores)" --tests-regex '^(core|chemistry|subproblem|control)\.'
fi

build dev
say "Testing (dev)"
ctest --preset dev --parallel "$(cores)" --label-exclude long
