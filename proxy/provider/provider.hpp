// Everything that differs between providers, as one row of plain data and functions. A new provider is one file with
// its functions, one line in table.cpp and its cases in the tests; nothing elsewhere knows a provider by name.
// All functions are pure: no clock, no I/O, any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/fault.hpp"
#include "openai/operation.hpp"
#include "openai/upstream_error.hpp"
#include "provider/dialect.hpp"

namespace ferry::provider {

struct auth_header {
    std::string name;   // lower case
    std::string value;  // a secret
};

// The header fields of an error answer that say when to come back; "" where absent.
struct retry_fields {
    std::string_view retry_after, retry_after_ms, reset_requests, reset_tokens;
};

struct provider {
    std::string_view name;

    // The URL of chat completions for the `api_endpoint` of a row: that URL itself, or a base URL as the SDKs take it,
    // to which `/chat/completions` is appended and nothing else. Only a host without a path gets `/v1` too. A query
    // string stays at the end. The endpoint itself is not validated.
    std::string (*chat_url)(std::string_view api_endpoint);

    // Whether the service knows the operation, where a row does not say which it serves.
    bool (*serves)(const openai::operation& operation);

    // The header that carries the key. `scheme` is the row's auth_scheme: bearer, api-key, x-api-key, none, a whole
    // `Header: value`, or "" for what `host` usually takes. No header for an empty key.
    // Errors: invalid_parameter if the scheme is none of these.
    result<std::optional<auth_header>> (*auth)(std::string_view scheme, std::string_view host, std::string_view key);

    // How requests to `host` are worded; edit_request() (request_edits.hpp) acts on it. Static.
    const dialect& (*dialect_of)(std::string_view host);

    // What an error answer means; `status` is 200 for an error inside a good answer or a stream. The provider's own
    // code decides before the status does. `retry_after` becomes the fault's.
    fault (*classify)(int status, const openai::upstream_error& error,
                      std::optional<std::chrono::milliseconds> retry_after);

    // How long the upstream asks to wait, from the header fields or else the message; at most a day.
    std::optional<std::chrono::milliseconds> (*retry_after)(const retry_fields& fields, std::string_view message,
                                                            std::chrono::system_clock::time_point now);

    // The fault behind a finish reason that means the upstream failed; nothing for an ordinary one.
    std::optional<fault> (*failed_finish)(std::string_view finish_reason);
};

// What `api_endpoint` ends in ("/embeddings") where that is another operation than chat completions; "" otherwise.
std::string_view other_operation(std::string_view api_endpoint);

}  // namespace ferry::provider
