// Which fault counts at which of the three circuits of a row.
#include "relay/exchange/circuits.hpp"

namespace ferry::relay {

namespace {

enum class fault_kind { of_connection, of_answer, of_content, of_credentials, of_rate, of_request };

fault_kind kind_of_fault(fault_code code) {
    switch (code) {
        case fault_code::upstream_dns_error:
        case fault_code::upstream_tls_error:
        case fault_code::upstream_connect_timeout:
            return fault_kind::of_connection;
        case fault_code::upstream_unreachable:
        case fault_code::upstream_timeout:
        case fault_code::upstream_overloaded:
        case fault_code::upstream_error:
            return fault_kind::of_answer;
        case fault_code::upstream_stream_timeout:
        case fault_code::upstream_stream_interrupted:
        case fault_code::upstream_truncated_body:
        case fault_code::upstream_invalid_response:
            return fault_kind::of_content;
        case fault_code::upstream_insufficient_balance:
        case fault_code::upstream_auth_error:
        case fault_code::upstream_permission_denied:
        case fault_code::upstream_credentials_exhausted:
            return fault_kind::of_credentials;
        case fault_code::upstream_rate_limited:
            return fault_kind::of_rate;
        default:
            return fault_kind::of_request;
    }
}

fault_weight weight_at_row(fault_kind kind, const fault& why) {
    switch (kind) {
        case fault_kind::of_credentials:
            return fault_weight::at_once;
        case fault_kind::of_rate:
            return why.retry_after ? fault_weight::waits : fault_weight::counts;
        case fault_kind::of_request:
            return why.upstream_status != 0 ? fault_weight::alive : fault_weight::none;
        default:
            return fault_weight::counts;
    }
}

fault_weight weight_at_key(fault_kind kind, const fault& why) {
    switch (kind) {
        case fault_kind::of_credentials:
            return fault_weight::at_once;
        case fault_kind::of_rate:
            return why.retry_after ? fault_weight::waits : fault_weight::none;
        case fault_kind::of_request:
            return why.upstream_status != 0 ? fault_weight::alive : fault_weight::none;
        default:
            return fault_weight::none;
    }
}

// It is judged by connections and heads alone.
fault_weight weight_at_endpoint(fault_kind kind, const fault& why, const failed_how& how) {
    const bool broke = kind == fault_kind::of_connection || kind == fault_kind::of_answer;
    if (why.upstream_status >= 500 || (broke && !how.answered)) return fault_weight::counts;
    return how.answered || why.upstream_status != 0 ? fault_weight::alive : fault_weight::none;
}

}  // namespace

fault_weight weigh_fault(circuit_level level, const fault& why, const failed_how& how) {
    // The time that the client gave, or the whole exchange may take, tells nothing of the upstream.
    const bool is_deadline = why.code == fault_code::upstream_timeout && why.retry == retry_advice::never;
    if (why.source != fault_source::upstream || is_deadline) return fault_weight::none;
    const auto kind = kind_of_fault(why.code);
    switch (level) {
        case circuit_level::row:
            return weight_at_row(kind, why);
        case circuit_level::key:
            return weight_at_key(kind, why);
        case circuit_level::endpoint:
            return weight_at_endpoint(kind, why, how);
    }
    return fault_weight::none;
}

std::string_view to_text(circuit_level level) {
    switch (level) {
        case circuit_level::row:
            return "row";
        case circuit_level::key:
            return "key";
        case circuit_level::endpoint:
            return "endpoint";
    }
    return "";
}

std::string_view to_text(circuit_state state) {
    switch (state) {
        case circuit_state::closed:
            return "closed";
        case circuit_state::waiting:
            return "waiting";
        case circuit_state::open:
            return "open";
        case circuit_state::half_open:
            return "half_open";
    }
    return "";
}

}  // namespace ferry::relay
