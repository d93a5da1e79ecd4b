// The one place where a fault becomes an HTTP status and the type and code of an OpenAI error.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/fault.hpp"

namespace ferry::openai {

// The views are static or point into the fault.
struct fault_answer {
    int status = 500;
    std::string_view type;
    std::string_view code;
    std::optional<std::int64_t> retry_after_s;   // value of `retry-after`, rounded up
    std::optional<std::int64_t> retry_after_ms;  // value of `retry-after-ms`
    bool should_not_retry = false;               // send `x-should-retry: false`
};

// `attempts_used`: Ferry itself has made all the tries it may, so the client's SDK need not repeat them.
fault_answer map_fault(const fault& f, bool attempts_used = false);

// The code string alone, for logs and usage rows.
std::string_view code_text(const fault& f);

}  // namespace ferry::openai
