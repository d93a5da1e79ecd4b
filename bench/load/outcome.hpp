#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "io/timer_heap.hpp"
#include "load/answer_facts.hpp"

namespace ferry::bench {

// What became of one request.
struct request_outcome {
    std::string error;    // its kind ("http_429", "timeout", ...); "": it was answered
    std::string example;  // what was seen of the error, in words or as it came
    int status = 0;       // 0: no head came
    steady::time_point due, sent, first_content, last_content, ended;
    std::uint32_t chunks = 0;         // events with content
    std::optional<told_usage> usage;  // as the server says
    std::string text;                 // of the answer, if it was wanted
    bool is_measured = true;          // false: of the warm-up
    std::uint32_t input_tokens = 0;   // as planned
    std::string_view model;

    bool has_failed() const { return !error.empty(); }
    bool is_of_connection() const;  // it failed before there was any answer
    std::uint64_t output_tokens() const { return usage ? usage->output_tokens : chunks; }
};

}  // namespace ferry::bench
