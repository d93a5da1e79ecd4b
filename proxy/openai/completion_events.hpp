// A whole chat completion told as the event stream that was asked for. Pure.
#pragma once

#include <string>
#include <string_view>

namespace ferry::openai {

// The events of `completion`, which is valid JSON: for each choice its message as one delta and its finish reason, then
// the usage if `with_usage`, then [DONE]. Values are copied as they are spelled; members nobody knows stay where they
// were.
std::string tell_as_events(std::string_view completion, bool with_usage);

}  // namespace ferry::openai
