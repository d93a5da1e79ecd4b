// A fault is why something a request needed did not happen, said once and carried as a value on the data path.
// openai/fault_map is the only place that turns one into an HTTP status and an OpenAI error body.
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace ferry {

enum class fault_source { client, upstream, self };

// What the retry policy may do next: nothing, the same candidate again, or only another candidate.
enum class retry_advice { never, same, next_candidate };

// clang-format off
enum class fault_code {
    // client: the request itself
    bad_framing, invalid_json, duplicate_field, invalid_id, invalid_request, missing_model, invalid_parameter,
    header_too_large, uri_too_long, request_timeout, request_too_large, unsupported_media_type, expectation_failed,
    upgrade_required, not_supported, http_version, method_not_allowed, unknown_url, model_not_found,
    unsupported_operation, model_required, id_not_found, conversation_not_found, conversation_busy,
    invalid_api_key, model_not_allowed, address_not_allowed, rate_limit_exceeded, budget_exceeded, client_gone,
    // upstream: what the provider did
    upstream_dns_error, upstream_unreachable, upstream_tls_error, upstream_connect_timeout, upstream_timeout,
    upstream_stream_timeout, upstream_stream_interrupted, upstream_truncated_body, upstream_invalid_response,
    upstream_auth_error, upstream_permission_denied, upstream_bad_endpoint, upstream_insufficient_balance,
    upstream_overloaded, upstream_error, upstream_conflict, upstream_rate_limited, upstream_credentials_exhausted,
    upstream_bad_request, context_length_exceeded, content_policy_violation, upstream_model_not_found,
    // self: Ferry
    shutting_down, journal_full, journal_failed, overloaded, model_unavailable, conversation_unavailable,
    internal_error,
};
// clang-format on

// Parts of an upstream's error answer that reach the client in place of what Ferry would say; absent: 0, "".
struct passed_error {
    int status = 0;
    std::string type, code;
    std::string body;  // the whole document, byte for byte
};

// REQUIRES: neither text holds a secret.
struct fault {
    fault(fault_code c, fault_source s, retry_advice r, std::string text)
        : code(c), source(s), retry(r), message(std::move(text)) {}

    // Only what boost::system::result asks for; never seen by anybody.
    fault() : fault(fault_code::internal_error, fault_source::self, retry_advice::never, {}) {}

    static fault client(fault_code c, std::string text, std::string field = {}) {
        fault made(c, fault_source::client, retry_advice::never, std::move(text));
        made.param = std::move(field);
        return made;
    }
    static fault upstream(fault_code c, retry_advice r, std::string text, std::string operators_text = {}) {
        fault made(c, fault_source::upstream, r, std::move(text));
        made.for_operator = std::move(operators_text);
        return made;
    }
    static fault self(fault_code c, std::string text, std::string operators_text = {}) {
        fault made(c, fault_source::self, retry_advice::never, std::move(text));
        made.for_operator = std::move(operators_text);
        return made;
    }

    // Both texts, for commands of the operator's own.
    std::string full_text() const { return for_operator.empty() ? message : message + " " + for_operator; }

    fault_code code;
    fault_source source;
    retry_advice retry;
    // What the client hears: what it did, and what it can do. No host, row, address or key of the configuration.
    std::string message;
    // What only operators can act on: those, and advice. In the log and on /status, never in an answer; "" if there is
    // nothing to add.
    std::string for_operator;
    std::string param;                                     // the request member at fault, "" if none
    int upstream_status = 0;                               // HTTP status the upstream answered, 0 if none
    std::string upstream_code;                             // the provider's own error code, "" if none
    std::string upstream_message;                          // what it said, without secrets, for the books; "" if none
    passed_error passed;                                   // what of the upstream's own answer the client is given
    std::optional<std::chrono::milliseconds> retry_after;  // how long the upstream (or a limit) asks to wait
    std::string allow;                                     // the Allow header of a 405, "" otherwise
};

// T, or the fault that stands in its way. value() on a fault throws std::logic_error: look before you take.
template <class T>
using result = boost::system::result<T, fault>;

[[noreturn]] inline void throw_exception_from_error(const fault& f, const boost::source_location&) {
    throw std::logic_error("unchecked fault: " + f.message);
}

}  // namespace ferry
