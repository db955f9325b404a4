# Third-party libraries, each as one imported target, whatever way it is packaged.
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(Boost REQUIRED CONFIG)
find_package(SUNDIALS REQUIRED)
find_package(Torch REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PkgConfig REQUIRED)
# Single precision.
pkg_check_modules(FFTW3 REQUIRED IMPORTED_TARGET fftw3f)

# LibTorch as PyPI packages it brings more than itself (docs/install/README.md). Its headers stand beside copies of
# other libraries, which must not be found before those that are linked here; and it exports functions of a C++
# standard library of its own, such as std::filesystem::remove_all, which must not be bound before those of ours.
if(TORCH_CXX_FLAGS MATCHES "_GLIBCXX_USE_CXX11_ABI=0")
  message(FATAL_ERROR "This LibTorch was built for the C++ ABI of before 2011, which no other library here is; "
                      "take 2.7 or later")
endif()
function(bimetal_before_torch folder target)
  get_target_property(directories ${target} INTERFACE_INCLUDE_DIRECTORIES)
  foreach(directory IN LISTS directories)
    if(EXISTS ${directory}/${folder} AND NOT directory IN_LIST TORCH_INCLUDE_DIRS)
      file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/before_torch)
      # A link, because compilers ignore an order in which /usr/include would come first.
      file(CREATE_LINK ${directory}/${folder} ${CMAKE_BINARY_DIR}/before_torch/${folder} SYMBOLIC)
      target_include_directories(bimetal_options SYSTEM INTERFACE ${CMAKE_BINARY_DIR}/before_torch)
    endif()
  endforeach()
endfunction()
bimetal_before_torch(fmt fmt::fmt)
bimetal_before_torch(spdlog spdlog::spdlog)
bimetal_before_torch(nlohmann nlohmann_json::nlohmann_json)
target_link_options(bimetal_options INTERFACE LINKER:--push-state,--no-as-needed,-lstdc++,--pop-state)

# yaml-cpp names its target yaml-cpp::yaml-cpp from 0.8 on.
if(NOT TARGET yaml-cpp::yaml-cpp)
  add_library(yaml-cpp::yaml-cpp ALIAS yaml-cpp)
endif()

find_package(MPI REQUIRED COMPONENTS C)
# Only the C interface: the C++ bindings left the MPI standard in version 3.
target_compile_definitions(bimetal_options INTERFACE OMPI_SKIP_MPICXX MPICH_SKIP_MPICXX)

if(BIMETAL_WITH_HDF5)
  # Debian names parallel HDF5 after the MPI it was built with; elsewhere it is plain hdf5.
  pkg_search_module(HDF5 REQUIRED IMPORTED_TARGET hdf5-openmpi hdf5-mpi hdf5)
endif()
if(BIMETAL_WITH_PETSC)
  pkg_check_modules(PETSC REQUIRED IMPORTED_TARGET PETSc)
  # Debian's passes on the flags that it was packaged with, which would part those files from the others' precompiled
  # headers.
  set_property(TARGET PkgConfig::PETSC PROPERTY INTERFACE_COMPILE_OPTIONS)
endif()
