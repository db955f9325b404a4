# Shared by the other scripts: source it. Goes to the project's root, sets what MPI and the BLAS need, and finds a
# Python that has the post-processing packages.
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# One thread per rank; ranks are the parallelism.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
# Containers run as root and have no ssh; neither matters on one machine.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_plm_rsh_agent=
# Debian's matplotlib wants a place for its font cache.
export MPLCONFIGDIR=${MPLCONFIGDIR:-${TMPDIR:-/tmp}/bimetal_matplotlib_$(id -u)}

# What this machine has; nproc alone would answer with OMP_NUM_THREADS.
cores() { env -u OMP_NUM_THREADS nproc; }

say() { printf '\n== %s\n' "$*"; }

# build PRESET [TARGET...]: configures and builds.
build() {
  local preset=$1
  shift
  say "Building ($preset)"
  cmake --preset "$preset" >/dev/null
  cmake --build --preset "$preset" --parallel "$(cores)" ${1:+--target "$@"}
}

# python SCRIPT...: the first interpreter that can import what postprocess/ imports.
python() {
  local candidate
  for candidate in python3 /usr/bin/python3; do
    if "$candidate" -c 'import h5py, matplotlib, numpy' 2>/dev/null; then
      "$candidate" "$@"
      return
    fi
  done
  echo "No python3 with h5py, numpy and matplotlib; run scripts/install_dependencies.sh." >&2
  return 1
}
