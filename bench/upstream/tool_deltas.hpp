#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "upstream/action.hpp"

namespace ferry::bench {

// The deltas in which a stream sends parallel tool calls: for each its head, then its arguments in fragments.
std::vector<std::string> tool_deltas(const std::vector<tool_call>& calls, std::string_view answer_id);

// The `tool_calls` array of a whole answer.
std::string tool_calls_json(const std::vector<tool_call>& calls, std::string_view answer_id);

}  // namespace ferry::bench
