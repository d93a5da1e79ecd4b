// The names of the members Ferry routes by, and what counts as the same name to a reader that ignores case.
#pragma once

#include <optional>
#include <string_view>

#include "openai/chat_request.hpp"

namespace ferry::openai {

struct member_match {
    member which{};
    bool is_exact = false;  // false: equal only after folding
};

std::string_view name_of(member m);

// The member `key` is, or is a case-fold twin of (name_fold.hpp).
// Members that are not routed have no twins.
std::optional<member_match> match_member(std::string_view key);

// The same for include_usage inside stream_options; `which` means nothing.
std::optional<member_match> match_include_usage(std::string_view key);

}  // namespace ferry::openai
