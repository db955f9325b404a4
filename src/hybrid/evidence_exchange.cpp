#include "hybrid/evidence_exchange.hpp"

#include <vector>

#include "hybrid/persist_costs.hpp"

namespace bimetal::hybrid {

void EvidenceExchange::exchange(control::SwitchController& controller) {
  if (sum_.under_way()) {
    evidence_.set(sum_.take());
    controller.learn(evidence_);
  }
  evidence_ = controller.take_window(cost_);
  cost_ = {};
  sum_ = comm_.begin_sum(evidence_.message());
}

void EvidenceExchange::persist(const core::Archive& archive) {
  std::vector<double> sums;
  if (sum_.under_way()) sums = sum_.take();
  archive.alike("sum", sums);
  if (!sums.empty()) sum_ = parallel::Communicator().begin_sum(sums);
  archive.alike("epoch", evidence_.epoch);
  archive.alike("threshold", evidence_.threshold);
  archive.alike("q", evidence_.q);
  persist_costs(archive, "cost", cost_);
}

}  // namespace bimetal::hybrid
