#pragma once

#include <string>
#include <string_view>

// Private to this folder.

namespace bimetal::surrogate {

/// Lets a zip archive pass only if it is whole and can be read in one way: entries one after another from the first
/// byte, each stored or deflated, of a name of its own, said alike in front of it and in the directory, with the
/// checksum of what it holds, the format's version among them; then the directory; then the end, and nothing behind.
/// So torch.jit.save writes them. LibTorch's own reader believes what an archive says of its sizes and does not
/// compare checksums: damaged weights would serve, and a damaged length may end the process. UserError of one
/// sentence otherwise; `source` names the file. Local. The format: PKWARE, APPNOTE.TXT 6.3.10 (2022), sections 4.3
/// and 4.4.
void check_zip(std::string_view bytes, const std::string& source);

/// What an archive that check_zip has passed holds in the extra file `name`; empty if there is none. Local.
std::string extra_file(std::string_view bytes, const std::string& name, const std::string& source);

}  // namespace bimetal::surrogate
