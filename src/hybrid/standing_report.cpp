#include "hybrid/standing_report.hpp"

#include <fmt/format.h>

#include <cmath>

namespace bimetal::hybrid {

using control::Standing;

std::string standing_report(const control::SwitchController& controller) {
  const auto& known = controller.threshold();
  switch (controller.standing()) {
    case Standing::no_version: break;
    case Standing::on:
      if (known.audits == 0.0)  // the policy asks for none
        return std::isinf(known.score)
                   ? std::string("the surrogate is on: it answers wherever its answer is physical")
                   : fmt::format("the surrogate is on: it answers where its score is at most {:.2g}", known.score);
      return fmt::format(
          "the surrogate is on: it answers the {:.0f} % of the rows whose score is at most {:.2g}; of {:.0f} such "
          "answers that physics has checked, {:.0f} were wrong, so that at most {:.2g} % of all are",
          100.0 * known.acceptance, known.score, known.audits, known.wrong, 100.0 * known.wrong_upper_bound);
    case Standing::no_threshold:
      return fmt::format(
          "the surrogate is off: no threshold on its score is known to keep its wrong answers below {:.2g} %, the "
          "part that the certificate leaves them for now",
          100.0 * controller.target());
    case Standing::cost:
      return fmt::format(
          "the surrogate is off: asking it costs {:.2g} s a row, and accepting {:.0f} % of its answers saves no "
          "more than {:.2g} s a row",
          controller.ledger().inference_per_row(), 100.0 * known.acceptance,
          known.acceptance * controller.ledger().physics_per_row());
  }
  return {};
}

}  // namespace bimetal::hybrid
