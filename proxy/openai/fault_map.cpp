#include "openai/fault_map.hpp"

namespace ferry::openai {
namespace {

struct row {
    int status;
    std::string_view type;
    std::string_view code;
};

constexpr std::string_view request = "invalid_request_error", upstream = "upstream_error",
                           overload = "overloaded_error";

// The table for what is wrong with the request as HTTP.
row http_row(fault_code code) {
    switch (code) {
        case fault_code::header_too_large:
            return {431, request, "header_too_large"};
        case fault_code::uri_too_long:
            return {414, request, "uri_too_long"};
        case fault_code::request_timeout:
            return {408, request, "request_timeout"};
        case fault_code::request_too_large:
            return {413, request, "request_too_large"};
        case fault_code::unsupported_media_type:
            return {415, request, "unsupported_media_type"};
        case fault_code::expectation_failed:
            return {417, request, "expectation_failed"};
        case fault_code::upgrade_required:
            return {426, request, "upgrade_required"};
        case fault_code::not_supported:
            return {501, request, "not_supported"};
        case fault_code::http_version:
            return {505, request, "http_version"};
        case fault_code::method_not_allowed:
            return {405, request, "method_not_allowed"};
        default:
            return {500, "server_error", "internal_error"};
    }
}

// The table for what the client did.
row client_row(fault_code code) {
    switch (code) {
        case fault_code::bad_framing:
            return {400, request, "bad_framing"};
        case fault_code::invalid_json:
            return {400, request, "invalid_json"};
        case fault_code::duplicate_field:
            return {400, request, "duplicate_field"};
        case fault_code::invalid_id:
            return {400, request, "invalid_id"};
        case fault_code::invalid_request:
            return {400, request, "invalid_request"};
        case fault_code::missing_model:
            return {400, request, "missing_model"};
        case fault_code::invalid_parameter:
            return {400, request, "invalid_parameter"};
        case fault_code::unknown_url:
            return {404, request, "unknown_url"};
        case fault_code::model_not_found:
            return {404, request, "model_not_found"};
        case fault_code::unsupported_operation:
            return {400, request, "unsupported_operation"};
        case fault_code::model_required:
            return {400, request, "model_required"};
        case fault_code::id_not_found:
            return {404, request, "id_not_found"};
        case fault_code::conversation_not_found:
            return {404, request, "conversation_not_found"};
        case fault_code::conversation_busy:
            return {409, request, "conversation_busy"};
        case fault_code::invalid_api_key:
            return {401, "authentication_error", "invalid_api_key"};
        case fault_code::model_not_allowed:
            return {403, "permission_error", "model_not_allowed"};
        case fault_code::address_not_allowed:
            return {403, "permission_error", "address_not_allowed"};
        case fault_code::rate_limit_exceeded:
            return {429, "rate_limit_error", "rate_limit_exceeded"};
        case fault_code::budget_exceeded:
            return {429, "insufficient_quota", "budget_exceeded"};
        case fault_code::client_gone:
            return {499, request, "client_gone"};
        default:
            return http_row(code);
    }
}

// The table for what the upstream did, and for Ferry's own state. An upstream's 401 or 403 is about Ferry's
// credentials: given to the client as such, its SDK would blame the client's key.
row row_of(fault_code code) {
    switch (code) {
        case fault_code::upstream_dns_error:
            return {502, upstream, "upstream_dns_error"};
        case fault_code::upstream_unreachable:
            return {502, upstream, "upstream_unreachable"};
        case fault_code::upstream_tls_error:
            return {502, upstream, "upstream_tls_error"};
        case fault_code::upstream_connect_timeout:
            return {504, upstream, "upstream_connect_timeout"};
        case fault_code::upstream_timeout:
            return {504, upstream, "upstream_timeout"};
        case fault_code::upstream_stream_timeout:
            return {504, upstream, "upstream_stream_timeout"};
        case fault_code::upstream_stream_interrupted:
            return {502, upstream, "upstream_stream_interrupted"};
        case fault_code::upstream_truncated_body:
            return {502, upstream, "upstream_truncated_body"};
        case fault_code::upstream_invalid_response:
            return {502, upstream, "upstream_invalid_response"};
        case fault_code::upstream_auth_error:
            return {502, upstream, "upstream_auth_error"};
        case fault_code::upstream_permission_denied:
            return {502, upstream, "upstream_permission_denied"};
        case fault_code::upstream_bad_endpoint:
            return {502, upstream, "upstream_bad_endpoint"};
        case fault_code::upstream_insufficient_balance:
            return {503, upstream, "upstream_insufficient_balance"};
        case fault_code::upstream_overloaded:
            return {503, overload, "upstream_overloaded"};
        case fault_code::upstream_error:
            return {502, upstream, "upstream_error"};
        case fault_code::upstream_conflict:
            return {503, upstream, "upstream_conflict"};
        case fault_code::upstream_rate_limited:
            return {429, "rate_limit_error", "rate_limit_exceeded"};
        case fault_code::upstream_credentials_exhausted:
            return {502, upstream, "upstream_credentials_exhausted"};
        case fault_code::upstream_bad_request:
            return {400, request, "invalid_request"};
        case fault_code::context_length_exceeded:
            return {400, request, "context_length_exceeded"};
        case fault_code::content_policy_violation:
            return {400, request, "content_policy_violation"};
        case fault_code::upstream_model_not_found:
            return {404, request, "model_not_found"};
        case fault_code::shutting_down:
            return {503, overload, "shutting_down"};
        case fault_code::journal_full:
            return {503, overload, "journal_full"};
        case fault_code::journal_failed:
            return {503, overload, "journal_failed"};
        case fault_code::overloaded:
            return {503, overload, "overloaded"};
        case fault_code::model_unavailable:
            return {503, overload, "model_unavailable"};
        case fault_code::conversation_unavailable:
            return {503, overload, "conversation_unavailable"};
        default:
            return client_row(code);
    }
}

bool waiting_cannot_help(fault_code code) {
    return code == fault_code::upstream_insufficient_balance || code == fault_code::budget_exceeded ||
           code == fault_code::model_unavailable;
}

}  // namespace

fault_answer map_fault(const fault& f, bool attempts_used) {
    const row found = row_of(f.code);
    fault_answer answer{.status = found.status, .type = found.type, .code = found.code};
    // A request the upstream refused keeps the upstream's own code, for clients decide by it; a number says nothing.
    const bool is_word = f.upstream_code.find_first_not_of("0123456789") != std::string::npos;
    if (f.code == fault_code::upstream_bad_request && is_word) answer.code = f.upstream_code;
    if (f.passed.status != 0) answer.status = f.passed.status;
    if (!f.passed.type.empty()) answer.type = f.passed.type;
    if (!f.passed.code.empty()) answer.code = f.passed.code;
    const bool gateway_timeout = f.upstream_status == 504 || f.upstream_status == 522 || f.upstream_status == 524;
    if (f.code == fault_code::upstream_invalid_response && gateway_timeout) answer.status = 504;
    if (f.retry_after && f.retry_after->count() >= 0) {
        answer.retry_after_ms = f.retry_after->count();
        answer.retry_after_s = (f.retry_after->count() + 999) / 1000;
    }
    const bool says_when = answer.status == 429 && answer.retry_after_s;
    answer.should_not_retry = !says_when && (attempts_used || waiting_cannot_help(f.code));
    return answer;
}

std::string_view code_text(const fault& f) {
    return map_fault(f).code;
}

}  // namespace ferry::openai
