#pragma once

#include <memory>
#include <string>

#include "core/signature.hpp"
#include "parallel/communicator.hpp"

namespace bimetal::surrogate {

/// A model file that has passed the checks of docs/models.md: a network of any architecture, and what its numbers
/// mean. Copies share the content.
class ModelFile {
 public:
  /// Every rank reads its own copy of the file, and all must be the same. What is wrong with it is a UserError of one
  /// sentence, the same on all ranks. Collective.
  ModelFile(const std::string& path, const parallel::Communicator& comm);

  /// Refuses to answer other sub-problems than those it was made for, by UserError. Local.
  void require_for(const core::Signature& signature) const;

  const std::string& path() const { return path_; }
  const core::Signature& signature() const;
  bool learns() const;  // training can change what it says
  /// Some lines for people: what it answers, what it is made of, what it was trained on. Local.
  std::string describe() const;

  struct Content;
  const Content& content() const { return *content_; }

 private:
  std::string path_;
  std::shared_ptr<const Content> content_;
};

}  // namespace bimetal::surrogate
