#include "app/heat_observer.hpp"

#include <algorithm>
#include <limits>

namespace bimetal::app {

HeatObserver::HeatObserver(const conduction::HeatConduction& heat, const std::string& directory,
                           const parallel::Communicator& comm, std::optional<std::int64_t> after_step)
    : heat_(&heat),
      comm_(comm),
      history_(
          directory + "/observables.csv",
          {"step", "time_s", "temperature_max_K", "temperature_min_K", "temperature_mean_K", "heat_J", "heat_in_J"},
          comm, after_step) {
  measure();
  heat_at_start_ = heat_now_;
}

void HeatObserver::measure() {
  double hottest = 0.0, coldest = std::numeric_limits<double>::infinity(), sum = 0.0;
  {
    const auto view = heat_->state();
    for (const double T : view.rows().flat()) {
      hottest = std::max(hottest, T);
      coldest = std::min(coldest, T);
      sum += T;
    }
  }
  hottest_ = comm_.max(hottest);
  coldest_ = comm_.min(coldest);
  mean_ = comm_.sum(sum) / static_cast<double>(heat_->extents().n_cells());
  heat_now_ = heat_->heat();
  heat_in_ = heat_->heat_in();
}

void HeatObserver::observe(std::int64_t step, double time, double) {
  measure();
  history_.append(
      std::vector<double>{static_cast<double>(step), time, hottest_, coldest_, mean_, heat_now_, heat_in_});
}

void HeatObserver::persist(const core::Archive& archive) {
  for (const auto& [name, value] :
       std::initializer_list<std::pair<const char*, double*>>{{"heat_at_start", &heat_at_start_},
                                                              {"heat_now", &heat_now_},
                                                              {"heat_in", &heat_in_},
                                                              {"hottest", &hottest_},
                                                              {"coldest", &coldest_},
                                                              {"mean", &mean_}})
    archive.alike(name, *value);
}

nlohmann::ordered_json HeatObserver::summary() const {
  return {{"temperature_max_K", hottest_},
          {"temperature_min_K", coldest_},
          {"temperature_mean_K", mean_},
          {"heat_J", heat_now_},
          {"heat_in_J", heat_in_},
          {"drift", {{"heat", (heat_now_ - heat_at_start_ - heat_in_) / heat_at_start_}}}};
}

}  // namespace bimetal::app
