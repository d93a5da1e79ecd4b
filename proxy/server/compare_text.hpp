// What a comparison says to its client: chunks, errors and summaries of each model, as JSON. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "openai/token_usage.hpp"

namespace ferry::server {

// Of one model, once its answer has ended. Times in microseconds; absent what there was none of.
struct compare_summary {
    std::string request_id;
    std::optional<std::int64_t> first_token_us;
    std::int64_t duration_us = 0;
    std::string usage;  // as its provider spelled it, "" if it said none
    std::optional<openai::token_usage> tokens;
    std::optional<std::int64_t> cost_pico;  // absent where nobody knows a price
    std::string currency;
    std::string finish_reason;
};

struct compared_model {
    std::size_t index = 0;
    std::string name;
};

// `data: {...}` and a blank line; `json` is one line.
std::string compare_chunk(const compared_model& of, std::string_view json);
std::string compare_error(const compared_model& of, std::string_view error_object);
std::string compare_end(const compared_model& of, const compare_summary& summary);

// {"index":0,"model":"a","completion":{...},"summary":{...}}; one of the first two is "".
std::string compare_result(const compared_model& of, std::string_view completion, std::string_view error_object,
                           const compare_summary& summary);

// The value of `error` in an answer; of what has none an error that says so.
std::string error_in(std::string_view answer);

}  // namespace ferry::server
