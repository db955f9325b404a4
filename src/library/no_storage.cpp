// The storage of a build without HDF5.
#include "core/error.hpp"
#include "library/storage.hpp"

namespace bimetal::library {

std::unique_ptr<Storage> make_storage() {
  throw core::UserError(
      "this libbimetal was built without HDF5 and writes neither checkpoints nor data sets; keep the state in files "
      "of "
      "your own, or build with -DBIMETAL_WITH_HDF5=ON");
}

}  // namespace bimetal::library
