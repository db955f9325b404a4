#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/error.hpp"
#include "core/rows.hpp"

namespace bimetal::core {

/// How the values of an entry are spread over ranks, and so what becomes of them on another number of ranks.
enum class Spread : std::uint8_t {
  alike,   // the same on every rank
  first,   // on the first rank only
  rows,    // rows of a table, some on each rank: dealt out evenly, in the order of ranks
  sums,    // terms of a sum, one on each rank: the first rank gets the sum, the others zero
  maxima,  // one on each rank: all get the largest
  minima,  // one on each rank: all get the smallest
  points,  // values on a box of points, each on the rank that owns it
};

/// This rank's part of a box of points, x fastest.
struct PointsOfRank {
  std::array<std::int64_t, 3> total{1, 1, 1};
  std::array<std::int64_t, 3> first{0, 0, 0};
  std::array<std::int64_t, 3> count{1, 1, 1};
  std::int64_t size() const { return count[0] * count[1] * count[2]; }
};

enum class NumberType : std::uint8_t { float64, float32, int64, uint64, int32, uint8 };

/// What is being saved or restored.
struct ArchiveEntry {
  std::string path;  // "hybrid/controller/target"
  Spread spread = Spread::alike;
  NumberType type = NumberType::float64;
  std::int64_t width = 1;  // of rows and points: numbers in each
  PointsOfRank points;     // of points
};

/// Where an archive's values go to, or come from: a file, or memory. All ranks name the same entries in the same
/// order. Collective, if it is shared by ranks.
class ArchiveMedium {
 public:
  virtual ~ArchiveMedium() = default;
  virtual bool restores() const = 0;
  /// Whether as many ranks have saved as now restore.
  virtual bool same_ranks() const = 0;
  virtual void save(const ArchiveEntry& entry, std::span<const std::byte> values) = 0;
  virtual std::vector<std::byte> restore(const ArchiveEntry& entry) = 0;
};

template <class T>
concept Number = std::is_arithmetic_v<T> || std::is_enum_v<T>;

template <Number T>
constexpr NumberType number_type() {
  if constexpr (std::is_same_v<T, double>) return NumberType::float64;
  if constexpr (std::is_same_v<T, float>) return NumberType::float32;
  if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
    static_assert(sizeof(T) == 8 || sizeof(T) == 4 || sizeof(T) == 1);
    if constexpr (sizeof(T) == 8 && std::is_unsigned_v<T>) return NumberType::uint64;
    if constexpr (sizeof(T) == 8) return NumberType::int64;
    if constexpr (sizeof(T) == 4) return NumberType::int32;
    return NumberType::uint8;
  }
}

/// The state of an object, to be saved or restored. Every class with a state that must survive has one function,
///
///   void persist(const core::Archive& archive) { archive.alike("target", target_); ... }
///
/// that names all of it once; whether it is saved or restored then is up to the archive, so that the two cannot come
/// to differ. Restoring expects an object made from the same options as the one that was saved. A name or a number of
/// values that does not fit is a UserError. Collective, if the medium is.
class Archive {
 public:
  explicit Archive(ArchiveMedium& medium, std::string path = {}) : medium_(&medium), path_(std::move(path)) {}

  /// For the state of a part.
  Archive in(std::string_view part) const { return Archive(*medium_, full(part)); }
  bool restores() const { return medium_->restores(); }
  bool same_ranks() const { return medium_->same_ranks(); }

  // Numbers of which there are always as many.
  template <Number T, std::size_t n>
  void alike(std::string_view name, std::span<T, n> values) const {
    fixed(name, Spread::alike, std::span<T>(values));
  }
  template <Number T, std::size_t n>
  void sums(std::string_view name, std::span<T, n> values) const {
    fixed(name, Spread::sums, std::span<T>(values));
  }
  template <Number T, std::size_t n>
  void maxima(std::string_view name, std::span<T, n> values) const {
    fixed(name, Spread::maxima, std::span<T>(values));
  }
  template <Number T, std::size_t n>
  void minima(std::string_view name, std::span<T, n> values) const {
    fixed(name, Spread::minima, std::span<T>(values));
  }
  template <Number T>
  void alike(std::string_view name, T& value) const {
    alike(name, std::span<T>(&value, 1));
  }
  template <Number T>
  void sums(std::string_view name, T& value) const {
    sums(name, std::span<T>(&value, 1));
  }
  template <Number T>
  void maxima(std::string_view name, T& value) const {
    maxima(name, std::span<T>(&value, 1));
  }
  template <Number T>
  void minima(std::string_view name, T& value) const {
    minima(name, std::span<T>(&value, 1));
  }
  /// values: [points.size(), n].
  void points(std::string_view name, const PointsOfRank& points, std::span<double> values) const {
    ArchiveEntry entry{full(name), Spread::points, NumberType::float64, 1, points};
    if (points.size() > 0) entry.width = std::ssize(values) / points.size();
    fixed(entry, values);
  }

  // Of which there may be more or fewer.
  template <Number T>
  void alike(std::string_view name, std::vector<T>& values) const {
    any_number({full(name), Spread::alike, number_type<T>(), 1, {}}, values);
  }
  template <Number T>
  void rows(std::string_view name, std::vector<T>& values) const {
    any_number({full(name), Spread::rows, number_type<T>(), 1, {}}, values);
  }
  void first(std::string_view name, std::vector<std::byte>& bytes) const {
    const ArchiveEntry entry{full(name), Spread::first, NumberType::uint8, 1, {}};
    if (restores())
      bytes = medium_->restore(entry);
    else
      medium_->save(entry, bytes);
  }
  void rows(std::string_view name, RowTable& table) const {
    std::vector<double> values(table.rows().flat().begin(), table.rows().flat().end());
    any_number({full(name), Spread::rows, NumberType::float64, table.width(), {}}, values);
    if (!restores()) return;
    table.resize(std::ssize(values) / table.width());
    std::ranges::copy(values, table.rows().flat().begin());
  }
  void alike(std::string_view name, std::string& text) const {
    std::vector<std::uint8_t> letters(text.begin(), text.end());
    alike(name, letters);
    text.assign(letters.begin(), letters.end());
  }
  template <Number T>
  void alike(std::string_view name, std::optional<T>& value) const {
    std::vector<T> none_or_one;
    if (value) none_or_one.push_back(*value);
    alike(name, none_or_one);
    value = none_or_one.empty() ? std::nullopt : std::optional<T>(none_or_one.front());
  }

 private:
  std::string full(std::string_view name) const {
    return path_.empty() ? std::string(name) : fmt::format("{}/{}", path_, name);
  }
  template <Number T>
  void fixed(std::string_view name, Spread spread, std::span<T> values) const {
    fixed({full(name), spread, number_type<T>(), 1, {}}, values);
  }
  template <Number T>
  void fixed(const ArchiveEntry& entry, std::span<T> values) const {
    if (!restores()) return medium_->save(entry, std::as_bytes(values));
    const auto bytes = medium_->restore(entry);
    if (bytes.size() != values.size_bytes())
      throw UserError::format("'{}' was saved with {} numbers, and here it has {}: the state is of something else",
                              entry.path, bytes.size() / sizeof(T), values.size());
    if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  }
  template <Number T>
  void any_number(const ArchiveEntry& entry, std::vector<T>& values) const {
    if (!restores()) return medium_->save(entry, std::as_bytes(std::span(values)));
    const auto bytes = medium_->restore(entry);
    values.resize(bytes.size() / sizeof(T));
    if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  }

  ArchiveMedium* medium_;
  std::string path_;
};

}  // namespace bimetal::core
