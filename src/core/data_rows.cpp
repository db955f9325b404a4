#include "core/data_rows.hpp"

namespace bimetal::core {

void DataRows::resize(std::int64_t n) {
  in.resize(n);
  out.resize(n);
  for (auto* column : {&id, &step}) column->resize(static_cast<std::size_t>(n));
  held_out.resize(static_cast<std::size_t>(n));
}

void DataRows::clear() {
  in.clear();
  out.clear();
  id.clear();
  step.clear();
  held_out.clear();
}

void DataRows::append(const DataRows& others, std::int64_t first, std::int64_t end) {
  for (std::int64_t i = first; i < end; ++i) {
    in.append(others.in[i]);
    out.append(others.out[i]);
  }
  const auto add = [&](auto& column, const auto& more) {
    column.insert(column.end(), more.begin() + first, more.begin() + end);
  };
  add(id, others.id);
  add(step, others.step);
  add(held_out, others.held_out);
}

}  // namespace bimetal::core
