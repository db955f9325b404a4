#include "parallel/alike.hpp"

#include <algorithm>
#include <string_view>

#include "core/error.hpp"
#include "core/fingerprint.hpp"
#include "core/text.hpp"

namespace bimetal::parallel {

void require_alike(const std::string& does, const std::string& text, const std::string& advice,
                   const Communicator& comm) {
  constexpr std::size_t longest = 160;  // bytes of a text in the message
  core::Fingerprint print;
  print.add(std::string_view(text));
  const auto prints = comm.all_gather(static_cast<std::int64_t>(print.value()));
  const auto other = std::ranges::find_if(prints, [&](std::int64_t value) { return value != prints.front(); });
  if (other == prints.end()) return;
  const auto rank = static_cast<int>(other - prints.begin());
  std::string theirs = text, first = text;
  comm.broadcast(theirs, rank);
  comm.broadcast(first, 0);
  throw core::UserError::format("rank {} {} {}, but rank 0 {}; {}", rank, does, core::one_line(theirs, longest),
                                core::one_line(first, longest), advice);
}

}  // namespace bimetal::parallel
