#include "core/error.hpp"
#include "core/version.hpp"
#include "io/checkpoint.hpp"
#include "io/data_set.hpp"
#include "io/seal.hpp"
#include "library/storage.hpp"

namespace bimetal::library {
namespace {

class Hdf5Rows : public RowSink {
 public:
  explicit Hdf5Rows(io::DataSet data) : data_(std::move(data)) {}
  void append(const core::DataRows& rows) override { data_.append(rows); }
  void cut(std::int64_t step) override { data_.cut(step); }
  void close() override { data_.close(); }

 private:
  io::DataSet data_;
};

class Hdf5Storage : public Storage {
 public:
  void write_checkpoint(const std::string& path, const Persist& persist,
                        const parallel::Communicator& comm) override {
    io::write_checkpoint(path, persist, comm);
  }
  void restore_checkpoint(const std::string& path, const Persist& persist,
                          const parallel::Communicator& comm) override {
    if (const auto flaw = io::flaw_of(path, comm); !flaw.empty())
      throw core::UserError::format("{} cannot be restored: {}", path, flaw);
    io::restore_checkpoint(path, persist, comm);
  }
  std::unique_ptr<RowSink> open_rows(const LibraryConfig& config, const core::Signature& signature,
                                     const parallel::Communicator& comm, std::int64_t first_step) override {
    const io::DataDescription description{.case_name = config.name,
                                          .program = fmt::format("libbimetal {} ({})", core::version, core::commit),
                                          .signature = describe_columns(config, signature)};
    return std::make_unique<Hdf5Rows>(io::DataSet(*config.data, std::ssize(signature.inputs),
                                                  std::ssize(signature.outputs), description, comm, first_step));
  }
};

}  // namespace

std::unique_ptr<Storage> make_storage() { return std::make_unique<Hdf5Storage>(); }

}  // namespace bimetal::library
