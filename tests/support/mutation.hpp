#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

/// Damaged inputs for fuzz tests, a pure function of the original and a seed. What is here suits any file;
/// text_mutations.hpp and yaml_mutations.hpp know more of theirs, and a test adds those of its own format.
namespace bimetal::testing {

/// The random choices behind one mutant. Not by standard distributions: those differ between libraries.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  /// From 0 to n - 1; 0 if n is 0.
  std::size_t below(std::size_t n) { return n == 0 ? 0 : static_cast<std::size_t>(engine_() % n); }
  char byte() { return static_cast<char>(engine_()); }
  /// Before any byte of `text`, or at its end.
  std::size_t place(const std::string& text) { return below(text.size() + 1); }
  template <class T>
  const T& pick(const std::vector<T>& all) {
    return all[below(all.size())];
  }

 private:
  std::mt19937_64 engine_;
};

struct Mutation {
  std::string name;
  std::function<void(std::string& text, Dice& dice)> apply;
};
using Mutations = std::vector<Mutation>;

inline Mutations operator+(Mutations all, const Mutations& more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

struct Mutant {
  std::string text;
  std::string kinds;  // names of what was done, in order
};

/// Applies one of the mutations, or, every other time, up to three.
inline Mutant mutate(std::string original, const Mutations& mutations, Dice& dice) {
  Mutant mutant{std::move(original), ""};
  const std::size_t most = dice.below(2) == 0 ? 1 : 3;
  for (std::size_t left = 1 + dice.below(most); left > 0; --left) {
    const Mutation& mutation = dice.pick(mutations);
    mutation.apply(mutant.text, dice);
    mutant.kinds += (mutant.kinds.empty() ? "" : ", then ") + mutation.name;
  }
  return mutant;
}

/// For any file, text or not.
inline Mutations byte_mutations() {
  return {
      {"change a byte",
       [](std::string& text, Dice& dice) {
         if (text.empty()) return;
         char& changed = text[dice.below(text.size())];
         changed = dice.byte();
       }},
      {"flip a bit",
       [](std::string& text, Dice& dice) {
         if (text.empty()) return;
         char& changed = text[dice.below(text.size())];
         changed = static_cast<char>(changed ^ (1 << dice.below(8)));
       }},
      {"insert bytes",
       [](std::string& text, Dice& dice) {
         std::string bytes(1 + dice.below(8), ' ');
         for (char& one : bytes) one = dice.byte();
         text.insert(dice.place(text), bytes);
       }},
      {"insert zero bytes",
       [](std::string& text, Dice& dice) {
         const std::string zeros(1 + dice.below(4), '\0');
         text.insert(dice.place(text), zeros);
       }},
      {"delete bytes",
       [](std::string& text, Dice& dice) {
         const std::size_t begin = dice.place(text);
         text.erase(begin, 1 + dice.below(40));
       }},
      {"truncate", [](std::string& text, Dice& dice) { text.resize(dice.place(text)); }},
      {"repeat a piece",
       [](std::string& text, Dice& dice) {
         const std::size_t begin = dice.place(text);
         const std::string piece = text.substr(begin, dice.below(400));
         text.insert(dice.place(text), piece);
       }},
  };
}

}  // namespace bimetal::testing
