#include "surrogate/ask.hpp"

#include <algorithm>
#include <new>
#include <numeric>

#include "surrogate/model_archive.hpp"

namespace bimetal::surrogate {
namespace {

/// Answers to stretches of the rows, in order.
class Bisection {
 public:
  Bisection(const Network& network, const Network::Input& input) : network_(network), input_(input) {}

  void ask(std::int64_t first, std::int64_t n) {
    try {
      const auto stretch = input_.part(first, n).to(network_.device());
      answers_.push_back(network_.forward(stretch));
      inputs_.push_back(stretch);
      asked_.rows.resize(asked_.rows.size() + static_cast<std::size_t>(n));
      std::iota(asked_.rows.end() - n, asked_.rows.end(), first);
      return;
    } catch (const std::bad_alloc&) {
      throw;  // says nothing about the rows
    } catch (const std::exception& error) {
      if (n == 1 && asked_.words.empty()) asked_.words = own_words(error);
      if (n == 0) throw;
    }
    if (n == 1) return;
    ask(first, n / 2);
    ask(first + n / 2, n - n / 2);
  }

  Asked take() {
    if (answers_.empty()) ask(0, 0);
    asked_.input = {joined(inputs_, &Network::Input::features), joined(inputs_, &Network::Input::rows)};
    asked_.answer = {joined(answers_, &Network::Answer::increments), joined(answers_, &Network::Answer::log_error),
                     joined(answers_, &Network::Answer::second), joined(answers_, &Network::Answer::features)};
    return std::move(asked_);
  }

 private:
  template <class Part>
  static torch::Tensor joined(const std::vector<Part>& parts, torch::Tensor Part::*tensor) {
    if (parts.size() == 1 || !(parts.front().*tensor).defined()) return parts.front().*tensor;
    std::vector<torch::Tensor> tensors;
    for (const auto& each : parts) tensors.push_back(each.*tensor);
    return torch::cat(tensors);
  }

  const Network& network_;
  const Network::Input& input_;
  std::vector<Network::Input> inputs_;
  std::vector<Network::Answer> answers_;
  Asked asked_;
};

}  // namespace

torch::Tensor Asked::of(const torch::Tensor& values) const {
  if (rows.empty() || rows.back() == n() - 1) return values.narrow(0, 0, n());
  return values.index_select(0, torch::tensor(rows, torch::kInt64).to(values.device()));
}

Asked ask(const Network& network, const Network::Input& input, std::int64_t n) {
  Bisection bisection(network, input);
  bisection.ask(0, n);
  return bisection.take();
}

}  // namespace bimetal::surrogate
