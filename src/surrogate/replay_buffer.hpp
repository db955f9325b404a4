#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/archive.hpp"
#include "core/rows.hpp"
#include "core/signature.hpp"

namespace bimetal::surrogate {

/// What physics has answered so far, thinned so that learning from it neither drowns the flame in burnt gas nor
/// forgets. Rows are sorted into the signature's strata; when the buffer is full, the fullest stratum makes room, so
/// a rare stratum keeps all it ever saw. The buffer has two parts:
///  - permanent (a fifth): per stratum a uniform sample of the whole run. Each row draws a key from its id and step
///    and the smallest keys stay (bottom-k sampling: Cohen & Kaplan, VLDB 2008), so the sample does not depend on the
///    order of arrival and a shrinking stratum stays uniform.
///  - recent: the rest; a newcomer overwrites a random row, which makes ages exponential.
/// All choices are functions of (seed, id, step) or of a draw's counter, never of time. Everything is Local.
class ReplayBuffer {
 public:
  ReplayBuffer(const core::Signature& signature, std::int64_t capacity, std::uint64_t seed);

  /// in: [n, n_in], out: [n, n_out], id: [n]. A row with a value that is not finite is refused and counted: one NaN
  /// in a batch would spoil the gradient of every rank.
  void add(core::ConstRows in, core::ConstRows out, std::span<const std::int64_t> id, std::int64_t step);

  std::int64_t size() const { return permanent_.size + recent_.size; }
  std::int64_t n_refused() const { return n_refused_; }
  std::int64_t n_in_stratum(int stratum) const;
  static constexpr int n_strata = 16;

  /// Chooses n rows, with replacement: a stratum first, all alike except that no row is drawn more than
  /// `draw_cap` times as often as the average one; then a row of it. The same `counter` gives the same rows.
  void draw(std::uint64_t counter, std::span<std::int64_t> slots) const;
  static constexpr double draw_cap = 4.0;

  /// A stored row. slot: in [0, size()).
  std::span<const double> in(std::int64_t slot) const { return in_[slot]; }
  std::span<const double> out(std::int64_t slot) const { return out_[slot]; }
  core::ConstRows in() const { return in_.rows(); }    // [size, n_in]
  core::ConstRows out() const { return out_.rows(); }  // [size, n_out]

  /// On another number of ranks the rows are dealt out anew, as if each rank had been offered its share.
  void persist(const core::Archive& archive);

 private:
  struct Entry {
    std::uint64_t key;
    std::int64_t slot;
    int stratum;
  };
  struct Stratum {
    std::vector<Entry> entries;               // permanent: a heap, the largest key on top
    std::uint64_t bound = ~std::uint64_t{0};  // permanent: smallest key ever turned away
  };
  struct Part {
    std::int64_t capacity = 0;
    std::int64_t size = 0;
    std::vector<Stratum> strata = std::vector<Stratum>(n_strata);
    Stratum& fullest(int preferred);  // the stratum that makes room; `preferred` among equals
  };
  void insert(std::uint64_t key, std::span<const double> in, std::span<const double> out);
  int stratum_of(std::span<const double> in) const;
  std::int64_t claim_slot(std::uint64_t key, int stratum);
  std::optional<Entry> keep_forever(Entry entry);
  void keep_for_now(Entry entry);

  std::optional<core::Strata> strata_;
  std::uint64_t seed_;
  Part permanent_;
  Part recent_;
  core::RowTable in_;
  core::RowTable out_;
  std::int64_t n_refused_ = 0;
};

}  // namespace bimetal::surrogate
