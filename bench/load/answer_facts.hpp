#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "workload/options.hpp"

namespace ferry::bench {

struct told_usage {
    std::uint64_t input_tokens = 0, output_tokens = 0;
};

// What a whole answer or one event of a stream says. Views are raw JSON and point into the text.
struct answer_facts {
    bool is_known = false;     // it has the form of the operation
    bool has_content = false;  // text, reasoning, a refusal or a part of a tool call that is not empty
    bool is_last = false;      // a finish reason, [DONE], or the operation's last event
    std::string_view error;    // "": none
    std::optional<told_usage> usage;
    std::string_view text;  // of the first choice, quotes included
};

// Finds them without building anything. Nonsense is not known.
answer_facts facts_of_event(asked_operation operation, std::string_view data);
answer_facts facts_of_answer(asked_operation operation, std::string_view body);

// A raw JSON string, quotes included, as text behind `out`.
void append_text(std::string_view raw, std::string& out);

}  // namespace ferry::bench
