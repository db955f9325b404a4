#include "surrogate/replay_buffer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "core/error.hpp"
#include "core/finite.hpp"
#include "core/random.hpp"

namespace bimetal::surrogate {
namespace {

constexpr std::int64_t permanent_share = 5;  // one row in five
constexpr std::int64_t nowhere = -1;         // no slot

/// A number in [0, n) from 32 random bits.
std::size_t scaled_to(std::uint64_t bits32, std::size_t n) {
  return static_cast<std::size_t>((bits32 * static_cast<std::uint64_t>(n)) >> 32);
}

}  // namespace

ReplayBuffer::ReplayBuffer(const core::Signature& signature, std::int64_t capacity, std::uint64_t seed)
    : strata_(signature.strata),
      seed_(seed),
      in_(static_cast<std::int64_t>(signature.inputs.size())),
      out_(static_cast<std::int64_t>(signature.outputs.size())) {
  EXPECT(capacity > 0);
  permanent_.capacity = capacity / permanent_share;
  recent_.capacity = capacity - permanent_.capacity;
}

void ReplayBuffer::add(core::ConstRows in, core::ConstRows out, std::span<const std::int64_t> id, std::int64_t step) {
  EXPECT(in.size() == out.size() && in.size() == static_cast<std::int64_t>(id.size()));
  EXPECT(in.size() == 0 || (in.width() == in_.width() && out.width() == out_.width()));
  for (std::int64_t i = 0; i < in.size(); ++i) {
    if (!core::all_finite(in[i]) || !core::all_finite(out[i])) {
      ++n_refused_;
      continue;
    }
    const auto key = core::random_bits(seed_, core::Purpose::replay, static_cast<std::uint64_t>(step),
                                       static_cast<std::uint64_t>(id[static_cast<std::size_t>(i)]));
    insert(key, in[i], out[i]);
  }
}

void ReplayBuffer::insert(std::uint64_t key, std::span<const double> in, std::span<const double> out) {
  const int stratum = stratum_of(in);
  const Entry entry{key, claim_slot(key, stratum), stratum};
  std::ranges::copy(in, in_[entry.slot].begin());
  std::ranges::copy(out, out_[entry.slot].begin());
  if (const auto passed_over = keep_forever(entry)) keep_for_now(*passed_over);
}

/// The rows by slot, and for each slot its entry: the key, and its place in the list of a part and stratum.
void ReplayBuffer::persist(const core::Archive& archive) {
  const auto n = static_cast<std::size_t>(size());
  std::vector<std::uint64_t> keys(n), bounds;
  std::vector<std::uint8_t> forever(n);
  std::vector<std::int64_t> places(n);
  for (auto* part : {&permanent_, &recent_})
    for (auto& stratum : part->strata) {
      for (std::size_t place = 0; place < stratum.entries.size(); ++place) {
        const auto& entry = stratum.entries[place];
        const auto slot = static_cast<std::size_t>(entry.slot);
        keys[slot] = entry.key;
        forever[slot] = part == &permanent_;
        places[slot] = static_cast<std::int64_t>(place);
      }
      bounds.push_back(stratum.bound);
    }
  archive.rows("in", in_);
  archive.rows("out", out_);
  archive.rows("key", keys);
  archive.rows("forever", forever);
  archive.rows("place", places);
  archive.rows("bound", bounds);
  archive.sums("n_refused", n_refused_);
  if (!archive.restores()) return;

  const auto require = [](bool holds) {
    if (!holds) throw core::UserError("what was saved of the replay buffer contradicts itself");
  };
  const auto n_rows = static_cast<std::size_t>(in_.size());
  require(static_cast<std::size_t>(out_.size()) == n_rows && keys.size() == n_rows && forever.size() == n_rows &&
          places.size() == n_rows && core::all_finite(in_.rows().flat()) && core::all_finite(out_.rows().flat()));
  const auto in = std::exchange(in_, core::RowTable(in_.width())),
             out = std::exchange(out_, core::RowTable(out_.width()));
  for (auto* part : {&permanent_, &recent_}) {
    part->size = 0;
    for (auto& stratum : part->strata) stratum = {};
  }
  if (!archive.same_ranks()) {
    for (std::size_t i = 0; i < keys.size(); ++i)
      insert(keys[i], in[static_cast<std::int64_t>(i)], out[static_cast<std::int64_t>(i)]);
    return;
  }
  in_ = in;
  out_ = out;
  require(bounds.size() == 2 * permanent_.strata.size());
  auto bound = bounds.begin();
  for (auto* part : {&permanent_, &recent_})
    for (auto& stratum : part->strata) stratum.bound = *bound++;
  for (std::size_t slot = 0; slot < keys.size(); ++slot) {
    auto& part = forever[slot] ? permanent_ : recent_;
    const auto at = static_cast<std::int64_t>(slot);
    const int stratum = stratum_of(in_[at]);
    auto& entries = part.strata[static_cast<std::size_t>(stratum)].entries;
    require(places[slot] >= 0 && places[slot] < std::ssize(keys));
    const auto place = static_cast<std::size_t>(places[slot]);
    if (entries.size() <= place) entries.resize(place + 1, {0, nowhere, 0});
    require(entries[place].slot == nowhere);
    entries[place] = {keys[slot], at, stratum};
    ++part.size;
  }
  for (const auto* part : {&permanent_, &recent_}) {
    std::int64_t n_entries = 0;
    for (const auto& each : part->strata) n_entries += std::ssize(each.entries);
    require(n_entries == part->size && part->size <= part->capacity);  // no place is empty
  }
}

int ReplayBuffer::stratum_of(std::span<const double> in) const {
  if (!strata_) return 0;
  const double value = in[static_cast<std::size_t>(strata_->input)];
  const double position = (value - strata_->from) / (strata_->to - strata_->from) * n_strata;
  return static_cast<int>(std::clamp(position, 0.0, n_strata - 1.0));
}

ReplayBuffer::Stratum& ReplayBuffer::Part::fullest(int preferred) {
  auto* result = &strata[static_cast<std::size_t>(preferred)];
  for (auto& other : strata)
    if (other.entries.size() > result->entries.size()) result = &other;
  return *result;
}

/// A new slot while there is room, else that of a random row of the fullest recent stratum.
std::int64_t ReplayBuffer::claim_slot(std::uint64_t key, int stratum) {
  if (size() < permanent_.capacity + recent_.capacity) {
    in_.resize(size() + 1);
    out_.resize(size() + 1);
    return size();
  }
  auto& source = recent_.fullest(stratum).entries;
  // The key decides about permanence; mixed once more it decides who goes.
  const auto victim = scaled_to(core::random_bits(key, core::Purpose::replay, 0, 0) >> 32, source.size());
  const auto slot = source[victim].slot;
  source[victim] = source.back();
  source.pop_back();
  --recent_.size;
  return slot;
}

/// Offers a row to the permanent part; gives back the row, this or another, that has no place in it.
std::optional<ReplayBuffer::Entry> ReplayBuffer::keep_forever(Entry entry) {
  auto& home = permanent_.strata[static_cast<std::size_t>(entry.stratum)];
  if (permanent_.capacity == 0 || entry.key >= home.bound) return entry;

  std::optional<Entry> displaced;
  if (permanent_.size < permanent_.capacity) {
    ++permanent_.size;
  } else {
    auto& source = permanent_.fullest(entry.stratum);
    if (&source == &home && entry.key >= home.entries.front().key) {
      home.bound = entry.key;
      return entry;
    }
    std::ranges::pop_heap(source.entries, {}, &Entry::key);
    displaced = source.entries.back();
    source.bound = displaced->key;
    source.entries.pop_back();
  }
  home.entries.push_back(entry);
  std::ranges::push_heap(home.entries, {}, &Entry::key);
  return displaced;
}

void ReplayBuffer::keep_for_now(Entry entry) {
  recent_.strata[static_cast<std::size_t>(entry.stratum)].entries.push_back(entry);
  ++recent_.size;
}

std::int64_t ReplayBuffer::n_in_stratum(int stratum) const {
  const auto s = static_cast<std::size_t>(stratum);
  return static_cast<std::int64_t>(permanent_.strata[s].entries.size() + recent_.strata[s].entries.size());
}

void ReplayBuffer::draw(std::uint64_t counter, std::span<std::int64_t> slots) const {
  EXPECT(size() > 0 || slots.empty());
  // Cumulative weights of the strata.
  std::array<double, n_strata> reach{};
  int n_used = 0;
  for (int s = 0; s < n_strata; ++s) n_used += n_in_stratum(s) > 0;
  double total = 0.0;
  for (int s = 0; s < n_strata; ++s) {
    const double share = static_cast<double>(n_in_stratum(s)) / static_cast<double>(size());
    total += std::min(1.0 / n_used, draw_cap * share);
    reach[static_cast<std::size_t>(s)] = total;
  }
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const auto bits = core::random_bits(seed_, core::Purpose::batch, counter, i);
    const double target = static_cast<double>(bits >> 32) * 0x1p-32 * total;
    const auto s = static_cast<std::size_t>(std::upper_bound(reach.begin(), reach.end(), target) - reach.begin());
    const auto& permanent = permanent_.strata[s].entries;
    const auto& recent = recent_.strata[s].entries;
    const auto row = scaled_to(bits & 0xffffffffU, permanent.size() + recent.size());
    slots[i] = row < permanent.size() ? permanent[row].slot : recent[row - permanent.size()].slot;
  }
}

}  // namespace bimetal::surrogate
