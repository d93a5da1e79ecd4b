#include "relay/request/admission.hpp"

#include "access/credentials.hpp"
#include "net/content_coding.hpp"
#include "openai/secret_scrub.hpp"

namespace ferry::relay {

namespace {

// A client may name its request for its own logs; only what is harmless in ours is taken.
bool is_sane_id(std::string_view text) {
    if (text.empty() || text.size() > 128 || openai::holds_credential(text)) return false;
    for (const char c : text) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!plain && std::string_view("-_.:/+=").find(c) == std::string_view::npos) return false;
    }
    return true;
}

std::optional<fault> refuse_key(http_exchange& x, access::key_refusal why) {
    x.refused_key.why = why;
    return why == access::key_refusal::contradictory ? access::contradictory_keys() : access::invalid_api_key();
}

bool is_json_type(std::string_view value) {
    const auto type = net::media_type(value);
    return net::same_token(type, "application/json") ||
           (type.size() > 5 && net::same_token(type.substr(type.size() - 5), "+json"));
}

}  // namespace

std::optional<fault> authenticate(http_exchange& x) {
    access::credential_headers headers;
    for (const auto& [name, value] : x.head.fields) {
        if (name.size() == 12 && net::same_token(name, "x-request-id") && is_sane_id(value))
            x.client_request_id = value;
        std::optional<std::string_view>* place = nullptr;
        if (name.size() == 13 && net::same_token(name, "authorization")) place = &headers.authorization;
        if (name.size() == 7 && net::same_token(name, "api-key")) place = &headers.api_key;
        if (name.size() == 9 && net::same_token(name, "x-api-key")) place = &headers.x_api_key;
        if (place == nullptr) continue;
        if (place->has_value() && **place != value) return refuse_key(x, access::key_refusal::contradictory);
        *place = value;
    }
    const auto key = access::presented_key(headers);
    if (!key) return refuse_key(x, access::key_refusal::contradictory);
    const bool required = x.settings->auth_required;
    if (key->empty()) {
        if (!required) return std::nullopt;
        return refuse_key(x, access::key_refusal::missing);
    }
    const auto found = x.pinned.keys->authenticate(*key, x.started_at_us, x.client.recent_key);
    if (found) {
        x.who = *found;
        return std::nullopt;
    }
    x.refused_key = x.pinned.keys->why_refused(*key, x.started_at_us);
    // Where no key is needed, one that means nothing is none: SDKs insist on sending something.
    if (!required) return std::nullopt;
    return found.error();
}

std::optional<fault> check_declared_body(const request& x) {
    const auto type = x.head.content_type;
    if (type && !is_json_type(*type)) {
        return fault::client(fault_code::unsupported_media_type,
                             "The body of this request must be JSON: send 'Content-Type: application/json'.");
    }
    if (x.head.content_encoding && !net::content_codings(x.head)) {
        return fault::client(fault_code::unsupported_media_type,
                             "The body's Content-Encoding is not understood: send it in one of " +
                                 std::string(net::accepted_codings) + ", or without a coding.");
    }
    const auto most = x.settings->json_body_bytes;
    if (x.head.framing == net::body_framing::length && x.head.content_length > most) {
        return fault::client(fault_code::request_too_large, "The request body is larger than the " +
                                                                std::to_string(most) + " bytes that are allowed.");
    }
    return std::nullopt;
}

}  // namespace ferry::relay
