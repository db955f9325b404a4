#include "io/summary.hpp"

#include "io/atomic_file.hpp"
#include "io/on_all_ranks.hpp"

namespace bimetal::io {

void write_text(const std::filesystem::path& path, std::string_view text, const parallel::Communicator& comm) {
  on_all_ranks(comm, [&] {
    if (comm.is_root()) write_atomically(path, text);
  });
}

void write_json(const std::filesystem::path& path, const nlohmann::ordered_json& document,
                const parallel::Communicator& comm) {
  // Text that is not UTF-8 (a path can hold anything) is mended rather than refused.
  constexpr auto mend = nlohmann::ordered_json::error_handler_t::replace;
  write_text(path, document.dump(2, ' ', false, mend) + "\n", comm);
}

}  // namespace bimetal::io
