#include "hybrid/letters.hpp"

#include <cstring>
#include <span>
#include <type_traits>

#include "core/error.hpp"

namespace bimetal::hybrid {
namespace {

using parallel::Bytes;

/// Writes values one after the other. All ranks run the same program, so memory is as good a format as any.
class Writer {
 public:
  template <class T>
  void put(std::span<const T> values) {
    static_assert(std::is_trivially_copyable_v<T>);
    const auto bytes = std::as_bytes(values);
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  template <class T>
  void put(const T& value) {
    put(std::span<const T>(&value, 1));
  }
  Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

/// Reads them in the same order.
class Reader {
 public:
  explicit Reader(const Bytes& bytes) : left_(bytes) {}

  template <class T>
  void get(std::span<T> values) {
    EXPECT(values.size_bytes() <= left_.size());
    if (values.empty()) return;
    std::memcpy(values.data(), left_.data(), values.size_bytes());
    left_ = left_.subspan(values.size_bytes());
  }
  template <class T>
  T get() {
    T value{};
    get(std::span<T>(&value, 1));
    return value;
  }
  std::span<const std::byte> rest() const { return left_; }

 private:
  std::span<const std::byte> left_;
};

}  // namespace

Bytes pack(const Samples& samples, std::int64_t first, std::int64_t n) {
  EXPECT(first >= 0 && first + n <= samples.size());
  const auto part = [&](core::ConstRows rows) {
    return rows.flat().subspan(static_cast<std::size_t>(first * rows.width()),
                               static_cast<std::size_t>(n * rows.width()));
  };
  Writer writer;
  writer.put(samples.step);
  writer.put(n);
  writer.put(std::span(samples.id).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(n)));
  writer.put(part(samples.in.rows()));
  writer.put(part(samples.out.rows()));
  return writer.take();
}

Samples unpack_samples(const Bytes& bytes, std::int64_t n_in, std::int64_t n_out) {
  Reader reader(bytes);
  Samples samples(n_in, n_out);
  samples.step = reader.get<std::int64_t>();
  const auto n = reader.get<std::int64_t>();
  samples.id.resize(static_cast<std::size_t>(n));
  samples.in.resize(n);
  samples.out.resize(n);
  reader.get(std::span(samples.id));
  reader.get(samples.in.rows().flat());
  reader.get(samples.out.rows().flat());
  ENSURE(reader.rest().empty());
  return samples;
}

Bytes pack(const Candidate& candidate) {
  Writer writer;
  writer.put(candidate.updates);
  writer.put(candidate.samples);
  writer.put(candidate.loss);
  writer.put(std::span(candidate.model));
  return writer.take();
}

Candidate unpack_candidate(const Bytes& bytes) {
  Reader reader(bytes);
  Candidate candidate;
  candidate.updates = reader.get<std::int64_t>();
  candidate.samples = reader.get<std::int64_t>();
  candidate.loss = reader.get<double>();
  candidate.model.assign(reader.rest().begin(), reader.rest().end());
  return candidate;
}

Bytes pack(const Goodbye& goodbye) {
  Writer writer;
  writer.put(goodbye.ending);
  writer.put(std::span<const char>(goodbye.reason));
  return writer.take();
}

Goodbye unpack_goodbye(const Bytes& bytes) {
  Reader reader(bytes);
  Goodbye goodbye;
  goodbye.ending = reader.get<Ending>();
  goodbye.reason.resize(reader.rest().size());
  reader.get(std::span(goodbye.reason));
  return goodbye;
}

}  // namespace bimetal::hybrid
