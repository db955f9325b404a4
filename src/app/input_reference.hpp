#pragma once

#include <string>

namespace bimetal::app {

/// All keys of an input, from the tables they are read by. section: only those in it, such as switching or
/// initial.second_gas; empty: all. UserError if there is no such section or key. Local.
std::string keys_as_text(const std::string& section);

/// All keys of an input as a page in Markdown, which is docs/input.md. Local.
std::string keys_as_markdown();

/// An input of this physics to begin with: every key with its meaning, those that need not be given commented out.
/// UserError if there is no such physics. Local.
std::string input_to_begin_with(const std::string& physics);

}  // namespace bimetal::app
