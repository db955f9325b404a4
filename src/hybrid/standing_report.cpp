#include "hybrid/standing_report.hpp"

#include <fmt/format.h>

namespace bimetal::hybrid {

using control::Standing;

std::string standing_report(const control::SwitchController& controller) {
  const auto& known = controller.threshold();
  switch (controller.standing()) {
    case Standing::no_version: break;
    case Standing::on:
      return fmt::format(
          "surrogate on: {:.0f} of {:.0f} audits with scores up to {:.2g} were wrong, at most {:.2g} % of all such "
          "answers; {:.0f} % of the rows have one",
          known.wrong, known.audits, known.score, 100.0 * known.wrong_upper_bound, 100.0 * known.acceptance);
    case Standing::no_threshold:
      return fmt::format("surrogate off: no threshold on its score is known to keep the wrong answers below {:.2g} %",
                         100.0 * controller.target());
    case Standing::cost:
      return fmt::format(
          "surrogate off: asking it costs {:.2g} s a row, and accepting {:.0f} % of its answers saves no more than "
          "{:.2g} s a row",
          controller.ledger().inference_per_row(), 100.0 * known.acceptance,
          known.acceptance * controller.ledger().physics_per_row());
  }
  return {};
}

}  // namespace bimetal::hybrid
