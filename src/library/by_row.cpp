#include "bimetal/hybrid.hpp"
#include "library/explanation.hpp"

namespace bimetal {

std::function<void(const ReferenceRows&)> by_row(RowFunction function) {
  return [function = std::move(function)](const ReferenceRows& rows) {
    const auto n = static_cast<std::size_t>(rows.n);
    const auto n_in = rows.in.size() / n, n_out = rows.out.size() / n;
    for (std::size_t i = 0; i < n; ++i) {
      try {
        function(rows.in.subspan(i * n_in, n_in), rows.out.subspan(i * n_out, n_out));
      } catch (const std::exception& error) {
        rows.failed[i] = -1;
        library::explanation() = error.what();
      } catch (...) {
        rows.failed[i] = -1;
        library::explanation() = "an exception of unknown type";
      }
    }
  };
}

}  // namespace bimetal
