// What the parts of stream_gate share.
#pragma once

#include "relay/answer/stream_gate.hpp"

namespace ferry::relay {

// Of an ordinary [DONE] and what may stand behind it.
inline constexpr std::size_t held_max = 4096;

// What `event` lacks of its end. openai-python drops an event without its blank line.
inline std::string_view missing_end(const openai::sse_event& event) {
    if (event.is_ended) return "";
    return event.raw.ends_with('\n') ? "\n" : "\n\n";
}

inline gate_verdict verdict(gate_action action) {
    gate_verdict made;
    made.action = action;
    return made;
}

}  // namespace ferry::relay
