#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "parallel/pending_sum.hpp"

namespace bimetal::parallel {

/// A group of ranks that work together. The default one is a single serial rank and needs no MPI, so everything
/// that takes a Communicator also runs, and is tested, alone. Copies share the group.
class Communicator {
 public:
  /// One serial rank.
  Communicator();

  int rank() const;
  int size() const;
  bool is_root() const { return rank() == 0; }
  /// This rank among those of the group that share its memory. Collective.
  struct NodePlace {
    int rank = 0;
    int size = 1;
  };
  NodePlace place_on_node() const;

  // Reductions. Collective; every rank gets the same value, to the bit.
  double sum(double value) const;
  double max(double value) const;
  double min(double value) const;
  std::int64_t sum(std::int64_t value) const;
  void sum_in_place(std::span<double> values) const;
  void sum_in_place(std::span<float> values) const;
  void sum_in_place(std::span<std::int64_t> values) const;
  void max_in_place(std::span<double> values) const;
  void min_in_place(std::span<double> values) const;

  /// Begins to add up `values`; the sum is there when its take() is called, by all ranks in the same order.
  /// Collective.
  PendingSum begin_sum(std::span<const double> values) const;

  // The value of one rank for everyone. Collective.
  void broadcast(std::string& text, int root = 0) const;
  void broadcast(std::span<float> values, int root = 0) const;
  void broadcast(std::span<double> values) const;

  /// Every rank's value, by rank. Collective.
  std::vector<std::int64_t> all_gather(std::int64_t value) const;

  /// Sends `send_counts[r]` of the values in `send` (laid out by destination) to rank r; returns what arrived, by
  /// source, with `recv_counts` filled. Counts are numbers of doubles. Collective.
  std::vector<double> exchange(std::span<const double> send, std::span<const std::int64_t> send_counts,
                               std::vector<std::int64_t>& recv_counts) const;

  void barrier() const;

  /// The ranks that give the same colour (>= 0), in the order they have here. Collective.
  Communicator split(int colour) const;

  /// Turns a user error seen by some ranks into the same UserError on all: that of the lowest such rank.
  /// Collective.
  void agree(bool ok, const std::string& message) const;

  struct Group;
  explicit Communicator(std::shared_ptr<const Group> group);
  const Group* group() const { return group_.get(); }

 private:
  std::shared_ptr<const Group> group_;  // null: serial
};

}  // namespace bimetal::parallel
