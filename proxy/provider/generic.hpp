// The parts of the generic row, for services that differ from it in some.
#pragma once

#include "provider/provider.hpp"

namespace ferry::provider {

extern const provider generic;

std::string generic_chat_url(std::string_view api_endpoint);
result<std::optional<auth_header>> generic_auth(std::string_view scheme, std::string_view host, std::string_view key);
bool generic_asks_usage(std::string_view host);
void generic_edit_request(const openai::chat_request& request, std::string_view body, bool ask_usage,
                          openai::edit_list& edits);
fault generic_classify(int status, const openai::upstream_error& error,
                       std::optional<std::chrono::milliseconds> retry_after);
std::optional<std::chrono::milliseconds> generic_retry_after(const retry_fields& fields, std::string_view message,
                                                             std::chrono::system_clock::time_point now);
std::optional<fault> generic_failed_finish(std::string_view finish_reason);

}  // namespace ferry::provider
