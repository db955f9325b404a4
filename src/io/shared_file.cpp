#include "io/shared_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include "core/error.hpp"
#include "io/disk_space.hpp"
#include "io/on_all_ranks.hpp"
#include "parallel/mpi.hpp"

namespace bimetal::io {

using hdf5::check;

namespace {

hdf5::Properties shared_access(const parallel::Communicator& comm) {
  hdf5::Properties access(H5Pcreate(H5P_FILE_ACCESS), "make file properties");
  // A serial rank does without MPI, which need not even be running.
  if (comm.group()) check(H5Pset_fapl_mpio(access.get(), parallel::native(comm), MPI_INFO_NULL), "choose MPI-IO");
  hdf5::use_no_locks(access.get());
  // Whatever is still open after an error goes with the file.
  check(H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG), "set file properties");
  return access;
}

}  // namespace

hdf5::File create_shared_file(const std::filesystem::path& path, std::int64_t bytes,
                              const parallel::Communicator& comm, std::int64_t user_block) {
  // Before HDF5 has anything that it could not write, and once more for good: creating gives back what was reserved.
  on_all_ranks(comm, [&] {
    if (!comm.is_root()) return;
    VALIDATE(std::ofstream(path).is_open(), "cannot create {}: {}", path.string(), std::strerror(errno));
    reserve_space(path, bytes);
  });
  hdf5::File file;
  on_all_ranks(comm, [&] {
    const hdf5::Properties creation(H5Pcreate(H5P_FILE_CREATE), "make file properties");
    check(H5Pset_userblock(creation.get(), static_cast<hsize_t>(user_block)), "leave room in front");
    file = {H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.get(), shared_access(comm).get()),
            "create " + path.string()};
  });
  on_all_ranks(comm, [&] {
    if (comm.is_root()) reserve_space(path, bytes);
  });
  return file;
}

hdf5::File open_shared_file(const std::filesystem::path& path, const parallel::Communicator& comm) {
  return {H5Fopen(path.c_str(), H5F_ACC_RDONLY, shared_access(comm).get()), "open " + path.string()};
}

void discard_shared_file(hdf5::File& file, const std::filesystem::path& path, const parallel::Communicator& comm) {
  std::error_code ignored;
  if (comm.is_root()) std::filesystem::resize_file(path, 0, ignored);
  comm.barrier();
  if (file.get() >= 0) H5Fclose(file.release());
  if (comm.is_root()) std::filesystem::remove(path, ignored);
}

hdf5::Properties collective_transfer(const parallel::Communicator& comm) {
  hdf5::Properties transfer(H5Pcreate(H5P_DATASET_XFER), "make transfer properties");
  if (comm.group()) check(H5Pset_dxpl_mpio(transfer.get(), H5FD_MPIO_COLLECTIVE), "choose collective transfers");
  return transfer;
}

}  // namespace bimetal::io
