// The parts of the generic row, for services that differ from it in some.
#pragma once

#include <span>

#include "provider/provider.hpp"

namespace ferry::provider {

extern const provider generic, deepseek, qwen;
extern const dialect deepseek_dialect, qwen_dialect;

// What a provider's code or type means, before its status is looked at.
struct error_meaning {
    fault_code code;
    retry_advice retry;
};
struct code_row {
    std::string_view code;  // lower case; compared with the error's code and its type; `x*` is any that begins so
    error_meaning means;
};

std::string generic_chat_url(std::string_view api_endpoint);
bool generic_serves(const openai::operation& operation);
result<std::optional<auth_header>> generic_auth(std::string_view scheme, std::string_view host, std::string_view key);
const dialect& generic_dialect(std::string_view host);
// `own` goes before what is known of the codes of all services.
fault classify_by(std::span<const code_row> own, int status, const openai::upstream_error& error,
                  std::optional<std::chrono::milliseconds> retry_after);
fault generic_classify(int status, const openai::upstream_error& error,
                       std::optional<std::chrono::milliseconds> retry_after);
std::optional<std::chrono::milliseconds> generic_retry_after(const retry_fields& fields, std::string_view message,
                                                             std::chrono::system_clock::time_point now);
std::optional<fault> generic_failed_finish(std::string_view finish_reason);

}  // namespace ferry::provider
