#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "../support/json_mutations.hpp"
#include "archive_entries.hpp"

namespace bimetal::surrogate::testing {

using bimetal::testing::Dice;
using bimetal::testing::Mutant;
using bimetal::testing::Mutations;

/// For the container: what says how long something is, and where.
inline Mutations container_mutations() {
  static const std::vector<std::string> marks{
      std::string("PK\3\4"), "PK\1\2", "PK\5\6", "PK\6\6", "PK\6\7", "PK\7\10"};
  const auto field = [](std::string& text, Dice& dice) {
    const auto& mark = dice.pick(marks);
    std::size_t at = text.find(mark, dice.place(text));
    if (at == std::string::npos) at = text.find(mark);
    return at == std::string::npos ? dice.place(text) : at + dice.below(56);
  };
  return {
      {"a byte of a header",
       [field](std::string& text, Dice& dice) {
         const auto at = field(text, dice);
         if (at < text.size()) text[at] = dice.byte();
       }},
      {"an extreme field of a header",
       [field](std::string& text, Dice& dice) {
         const auto at = field(text, dice);
         const char byte = dice.below(2) == 0 ? '\0' : '\xff';
         for (std::size_t i = at; i < std::min(at + 2 + dice.below(7), text.size()); ++i) text[i] = byte;
       }},
      {"a long piece repeated",
       [](std::string& text, Dice& dice) {
         const std::string piece = text.substr(dice.place(text), dice.below(20000));
         text.insert(dice.place(text), piece);
       }},
      {"a long piece overwritten by another",
       [](std::string& text, Dice& dice) {
         const std::string piece = text.substr(dice.place(text), dice.below(5000));
         text.replace(dice.place(text), piece.size(), piece);
       }},
      {"a long piece lost", [](std::string& text, Dice& dice) { text.erase(dice.place(text), dice.below(20000)); }},
  };
}

/// Damages the container, whose checksums then tell.
inline Mutant damaged(const std::string& bytes, Dice& dice) {
  return bimetal::testing::mutate(bytes, bimetal::testing::byte_mutations() + container_mutations(), dice);
}

/// Says something else in the metadata, in an archive that is sound.
inline Mutant misstated(const std::string& bytes, Dice& dice) {
  using namespace bimetal::testing;
  auto entries = read_archive(bytes);
  const auto metadata = std::ranges::find(entries, "extra/bimetal.json", &ArchiveEntry::name);
  const auto json = json_mutations();
  const auto mutations = json + json + json + text_mutations(metadata->content) + byte_mutations();
  Mutant mutant = mutate(metadata->content, mutations, dice);
  metadata->content = std::move(mutant.text);
  return {ArchiveWriter::write(entries), "metadata: " + mutant.kinds};
}

/// Loses, doubles, renames an entry, in an archive that is sound.
inline Mutant rearranged(const std::string& bytes, Dice& dice) {
  auto entries = read_archive(bytes);
  const std::size_t i = dice.below(entries.size());
  const std::string name = entries[i].name;
  static constexpr std::array kinds{"lost: ", "doubled: ", "renamed: ", "doubled under another name: "};
  const std::size_t kind = dice.below(kinds.size());
  switch (kind) {
    case 0: entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(i)); break;
    case 1: entries.push_back(entries[i]); break;
    case 2: entries[i].name.insert(dice.place(name), dice.below(2) == 0 ? "x" : "../"); break;
    default: entries.push_back({name + "x", entries[i].content});
  }
  return {ArchiveWriter::write(entries), kinds[kind] + name};
}

/// Other numbers in a tensor, in an archive that is sound. As many as before: LibTorch reads on behind a record that
/// is shorter than the pickle says (docs/models.md).
inline Mutant renumbered(const std::string& bytes, Dice& dice) {
  auto entries = read_archive(bytes);
  std::vector<ArchiveEntry*> tensors;
  for (auto& entry : entries)
    if (entry.name.starts_with("data/") || entry.name == "extra/bimetal.weights") tensors.push_back(&entry);
  if (std::ranges::find(entries, "extra/bimetal.weights", &ArchiveEntry::name) != entries.end())
    std::erase_if(tensors, [](const ArchiveEntry* entry) { return entry->name.starts_with("data/"); });  // unread
  auto& entry = *dice.pick(tensors);
  Mutant mutant = bimetal::testing::mutate(entry.content, bimetal::testing::byte_mutations(), dice);
  mutant.text.resize(entry.content.size());
  entry.content = std::move(mutant.text);
  return {ArchiveWriter::write(entries), entry.name + ": " + mutant.kinds};
}

}  // namespace bimetal::surrogate::testing
