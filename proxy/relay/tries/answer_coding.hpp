// Content codings of answers, which are undone although none was asked for.
#pragma once

#include <optional>
#include <string>

#include "base/fault.hpp"
#include "net/content_expansion.hpp"

namespace ferry::relay {

// Nobody gains by an answer beyond these. Text of a model shrinks to a third, an event stream to a twentieth.
inline constexpr net::expansion_limits answer_expansion{.bytes = 256u << 20, .ratio = 250, .ratio_from = 16u << 20};

// Of an answer that cannot be undone, or not further.
fault coding_fault(net::content_expansion::verdict says);
// Its framing has ended before its coding has.
fault coding_cut_short();

// The same for an answer that was read whole; `body` is then what it expands to, as far as that is good.
std::optional<fault> expand_whole(const net::http_head& head, bool is_whole, std::string& body);

}  // namespace ferry::relay
