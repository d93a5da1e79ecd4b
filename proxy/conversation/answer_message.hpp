#pragma once

#include <optional>
#include <string_view>

#include "conversation/kept_message.hpp"

namespace ferry::conversation {

// The message of the first choice of a whole answer (`chat.completion`), without members that are null; an assistant's
// where it does not say whose. Nothing if the answer is no valid JSON in UTF-8, or if the message says nothing: no
// content, tool calls, refusal, reasoning or voice. Pure.
std::optional<kept_message> answer_message(std::string_view answer);

}  // namespace ferry::conversation
