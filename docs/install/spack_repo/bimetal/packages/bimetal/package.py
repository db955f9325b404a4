"""Bimetal for Spack 1.0 and later. The versions are those of Debian 13, against which the tests run, but for fmt and
spdlog, where Debian has a pair that Spack does not. docs/install/README.md says what of this is tested."""

from pathlib import Path

from spack_repo.builtin.build_systems.cmake import CMakePackage

from spack.package import *

CHECKOUT = Path(__file__).resolve().parents[6]  # that this recipe is part of


class Bimetal(CMakePackage):
    """A distributed PDE solver and a neural surrogate that is trained while the run goes on, in one program."""

    git = CHECKOUT.as_uri()
    license("Apache-2.0")

    version("main", branch="main")

    variant("cuda", default=False, description="LibTorch with CUDA: name the architecture at py-torch")
    variant("native", default=False, description="Compile for this machine's processor by -march=native")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("fortran", type="build")
    depends_on("cmake@3.25:3.31", type="build")
    depends_on("pkgconfig", type="build")
    depends_on("git", type="build")
    conflicts("%gcc@:11", msg="Bimetal is C++20 as GCC 12 knows it")

    depends_on("mpi")
    depends_on("openmpi@5.0.7", when="^[virtuals=mpi] openmpi")
    depends_on("petsc@3.22.5 +mpi +double ~complex")
    depends_on("hdf5@1.14.5 +mpi")
    depends_on("sundials@7.1.1 +CVODE +ARKODE precision=double")
    depends_on("py-torch@2.6.0 ~rocm")
    depends_on("py-torch +cuda", when="+cuda")
    depends_on("py-torch ~cuda", when="~cuda")
    depends_on("fftw@3.3.10 precision=float")
    depends_on("boost@1.83.0")
    depends_on("zlib-api")
    depends_on("blas")
    depends_on("openblas@0.3.29 threads=none", when="^[virtuals=blas] openblas")
    depends_on("yaml-cpp@0.8.0")
    depends_on("nlohmann-json@3.11.3")
    depends_on("cli11@2.4.1")
    depends_on("fmt@10.2.1 +shared")
    depends_on("spdlog@1.13.0 +shared")

    # Input and output of Python: postprocess/ and models/.
    with default_args(type="run"):
        depends_on("python@3.11:")
        depends_on("py-numpy")
        depends_on("py-h5py")
        depends_on("py-matplotlib")

    depends_on("googletest@1.15.2", type="test")
    depends_on("benchmark@1.8.4", type="test")

    def cmake_args(self):
        return [self.define_from_variant("BIMETAL_NATIVE", "native"),
                self.define("BUILD_TESTING", self.run_tests)]
