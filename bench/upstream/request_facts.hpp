#pragma once

#include <cstdint>
#include <string_view>

namespace ferry::bench {

class form;

// What the mock must know of a request: of a JSON body found by one scan that builds nothing. Views into the body.
struct request_facts {
    explicit request_facts(std::string_view body);
    explicit request_facts(const form& parts);

    std::string_view body;   // of a form its text
    std::string_view model;  // raw inside of the JSON string, so that it can be echoed as it came; "" if none
    std::string_view nonce;  // behind the last "nonce:", "" if none
    bool is_stream = false;
    bool include_usage = false;
    bool has_marker = false;  // "[[mock" occurs; where, parsed_prompt tells
    std::int64_t n = 1;
    std::int64_t max_tokens = -1;  // max_completion_tokens or max_tokens, -1 if absent
};

// What follows the last "nonce:" in `text`, "" if none.
std::string_view last_nonce(std::string_view text);

}  // namespace ferry::bench
