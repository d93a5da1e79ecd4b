// What every edit of a body comes down to: bytes that stand in the place of others.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/piece_list.hpp"
#include "openai/span.hpp"

namespace ferry::openai {

// `text` stands where `where` stood; an empty span inserts.
struct span_edit {
    span where;
    std::string_view text;
};

// `body` from `begin` on with all edits made, as pieces of it and of them, in order, none empty. Edits come in any
// order; of those at one place the ones that insert come first, and keep their order. Copies no text.
// REQUIRES: edits do not overlap, and their offsets belong to `body`. The views live as long as body and edits do.
piece_list gather_edited(std::string_view body, std::vector<span_edit> edits, std::size_t begin = 0);

}  // namespace ferry::openai
