#pragma once

#include <chrono>
#include <span>
#include <string_view>

namespace ferry::provider {

// How a service wants to be spoken to where that differs from OpenAI: plain data, static.
struct dialect {
    bool asks_usage = true;             // streams are asked for their usage when the client did not ask
    bool developer_is_system = false;   // the role `developer` is refused: it is sent as `system`
    bool length_is_max_tokens = false;  // max_completion_tokens is not known: it is sent as max_tokens
    bool top_p_is_open = false;         // 0 < top_p < 1: the ends are refused
    bool thinks_in_streams = false;     // enable_thinking is refused without a stream
    // Comments and blank lines stand in for the first byte of an answer for so long; 0: no longer than silence does.
    std::chrono::milliseconds kept_alive{0};
    // Headers of the client that travel on besides those every service gets; lower case.
    std::span<const std::string_view> client_headers{};
};

// What is known of `host` (any case), whatever the column `provider` of its rows says; nullptr if nothing is.
const dialect* find_dialect(std::string_view host);

}  // namespace ferry::provider
