#include "surrogate/network.hpp"

namespace bimetal::surrogate {

bool all_finite(const Network& network) { return torch::isfinite(network.weights()).all().item<bool>(); }

}  // namespace bimetal::surrogate
