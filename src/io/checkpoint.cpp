#include "io/checkpoint.hpp"

#include "core/error.hpp"
#include "io/atomic_file.hpp"
#include "io/checkpoint_reader.hpp"
#include "io/checkpoint_writer.hpp"
#include "io/on_all_ranks.hpp"
#include "io/seal.hpp"
#include "io/shared_file.hpp"

namespace bimetal::io {

void write_checkpoint(const std::filesystem::path& path, const Persist& persist, const parallel::Communicator& comm) {
  const hdf5::SilentErrors silent;
  const auto part = part_of(path);
  CheckpointEstimate estimate;
  persist(core::Archive(estimate));
  const auto bytes = estimate.bytes(comm);
  hdf5::File file;
  try {
    file = create_shared_file(part, bytes, comm, seal_bytes);
    CheckpointWriter writer(file.get(), comm);
    const core::Archive archive(writer);
    std::int64_t n_ranks = comm.size();
    archive.alike(CheckpointReader::ranks_name, n_ranks);
    persist(archive);
    on_all_ranks(comm, [&] { file.close("complete " + part.string()); });
    seal(part, comm);
    on_all_ranks(comm, [&] {
      if (comm.is_root()) publish(path);
    });
  } catch (const core::RuntimeFailure& failure) {
    discard_shared_file(file, part, comm);  // the failure was agreed on, so all ranks are here
    throw core::RuntimeFailure(fmt::format("checkpoint {} could not be written: {}", path.string(), failure.what()));
  }
}

void restore_checkpoint(const std::filesystem::path& path, const Persist& persist,
                        const parallel::Communicator& comm) {
  const hdf5::SilentErrors silent;
  hdf5::File file;
  const auto refuse = [&](const char* why) {
    if (file.get() >= 0) H5Fclose(file.release());
    return core::UserError::format("{} does not hold the state of this run: {}; was it written by another version?",
                                   path.string(), why);
  };
  try {
    on_all_ranks(comm, [&] { file = open_shared_file(path, comm); });
    CheckpointReader reader(file.get(), comm);
    persist(core::Archive(reader));
  } catch (const core::RuntimeFailure& failure) {
    throw refuse(failure.what());
  } catch (const core::UserError& error) {
    throw refuse(error.what());
  }
}

}  // namespace bimetal::io
