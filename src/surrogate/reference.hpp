#pragma once

#include <optional>
#include <string>

#include "core/signature.hpp"
#include "surrogate/model_card.hpp"
#include "surrogate/network.hpp"

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

/// What a network on the host says about rows, by our own code alone. Local.
ModelCard::Reference answers_of(const Network& network, const Scaling& scaling, const core::Signature& signature,
                                const core::RowTable& rows);

/// Where two sets of answers to the same rows differ.
struct Difference {
  std::int64_t row = 0;
  std::string what;  // "the increment of Y_OH"
  double given = 0.0, expected = 0.0;
};
/// Where `given` is furthest from `expected`; nothing if they are the same but for round-off. Local.
std::optional<Difference> difference(const ModelCard::Reference& given, const ModelCard::Reference& expected,
                                     const core::Signature& signature);

}  // namespace bimetal::surrogate
