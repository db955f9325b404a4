#!/usr/bin/env bash
# Installs what bimetal needs on Debian 12 (bookworm) or 13 (trixie). Changes nothing, and needs no network, when all is there.
#
#   scripts/install_dependencies.sh           install what is missing, as root or through sudo
#   scripts/install_dependencies.sh --slurm   and a Slurm, for the test cluster of tests/slurm
#   scripts/install_dependencies.sh --list    print the packages, one a line, and stop
#
# Exit code 0: everything is installed; 1: it is not, and one sentence on stderr says why.
set -euo pipefail

packages=(
  # Build.
  g++ cmake ninja-build make pkg-config git   # make: what CMake takes for a solver that uses the library
  ca-certificates        # git over https
  # Distribution: MPI, PETSc (real scalars), HDF5 built against the same MPI.
  openmpi-bin libopenmpi-dev
  libpetsc-real-dev
  libhdf5-openmpi-dev
  # Numerics: the surrogate (LibTorch), the reference integrator (CVODE), beta quantiles (Boost.Math).
  libtorch-dev zlib1g-dev
  libsundials-dev
  libboost-dev
  libfftw3-dev           # the cell problem of composites
  libopenblas0-pthread   # several times faster than the plain BLAS that the others settle for
  # Input, output, command line.
  libyaml-cpp-dev nlohmann-json3-dev libcli11-dev libspdlog-dev libfmt-dev
  # The library in Fortran and in Python, and the check of its reference documentation.
  gfortran python3-mpi4py doxygen
  # Tests and benchmarks.
  libgtest-dev libgmock-dev libbenchmark-dev
  # Post-processing, and the test that VTK opens the field files.
  python3 python3-numpy python3-h5py python3-matplotlib
  'python3-vtk9|python3-paraview'   # the two exclude each other, and either will do
  python3-junitparser    # and that the acceptance suite's JUnit files can be read
  # Models trained, made and checked in Python (models/), of the LibTorch above.
  python3-torch
)
# A private cluster on one machine; the services that come with these packages need not run.
slurm_packages=(munge slurmctld slurmd slurm-client iproute2 shellcheck)

fail() {
  echo "install_dependencies.sh: $*" >&2
  exit 1
}

require_debian() {
  local ID='' ID_LIKE='' PRETTY_NAME='This system' VERSION_CODENAME=''
  # shellcheck source=/dev/null
  [[ ! -r /etc/os-release ]] || . /etc/os-release
  if [[ " $ID $ID_LIKE " != *' debian '* ]] || ! command -v apt-get >/dev/null; then
    fail "$PRETTY_NAME is not a Debian system, so install the libraries that README.md lists with its own package" \
      "manager or from source."
  fi
  [[ $VERSION_CODENAME == bookworm || $VERSION_CODENAME == trixie ]] ||
    echo "install_dependencies.sh: written for Debian 12 and 13, this is $PRETTY_NAME; names may differ." >&2
}

is_installed() {
  [[ $(dpkg-query --show --showformat '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# Of alternatives, a|b, none of which is installed, the first.
missing_packages() {
  local entry package
  for entry in "${packages[@]}"; do
    for package in ${entry//|/ }; do
      is_installed "$package" && continue 2
    done
    echo "${entry%%|*}"
  done
}

# apt-get as root, directly or through sudo; asks no questions.
as_root() {
  if [[ $(id -u) -eq 0 ]]; then
    DEBIAN_FRONTEND=noninteractive "$@"
  else
    sudo DEBIAN_FRONTEND=noninteractive "$@"
  fi
}

# The package lists may be absent or name versions the mirror no longer has: refresh them then, and only then.
install_packages() {
  local install=(apt-get install --yes --no-remove --no-install-recommends "$@")
  if ! apt-get install --simulate --no-install-recommends "$@" >/dev/null 2>&1; then
    as_root apt-get update
  fi
  as_root "${install[@]}" || { as_root apt-get update && as_root "${install[@]}"; }
}

warn_if_slow_blas() {
  local architecture library
  architecture=$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || echo "$(uname -m)-linux-gnu")
  library=$(readlink -f "/usr/lib/$architecture/libblas.so.3" 2>/dev/null || true)
  [[ $library == *openblas* ]] && return
  echo "install_dependencies.sh: BLAS is ${library:-not set}, not OpenBLAS, which makes the surrogate several times" \
    "slower; choose it with 'update-alternatives --config libblas.so.3-$architecture'." >&2
}

main() {
  case ${1:-} in
    '') ;;
    --slurm) packages+=("${slurm_packages[@]}") ;;
    --list) printf '%s\n' "${packages[@]%%|*}"; return ;;
    -h | --help) sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; return ;;
    *) fail "unknown argument '$1'; the only ones are --slurm, --list and --help." ;;
  esac
  require_debian
  local missing
  mapfile -t missing < <(missing_packages)
  if ((${#missing[@]} > 0)); then
    local by_hand="apt-get install --no-install-recommends ${missing[*]}"
    if [[ $(id -u) -ne 0 ]] && ! { command -v sudo >/dev/null && sudo true; }; then
      fail "packages are missing, and installing them takes root or sudo; ask the administrator to run: $by_hand"
    fi
    install_packages "${missing[@]}" || fail "apt-get could not install the missing packages; try by hand: $by_hand"
    [[ -z $(missing_packages) ]] || fail "apt-get reported success, but these are still missing: $(missing_packages | xargs)"
  fi
  warn_if_slow_blas
  echo "All ${#packages[@]} packages are installed."
}

main "$@"
