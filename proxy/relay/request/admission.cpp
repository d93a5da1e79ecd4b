#include "relay/request/admission.hpp"

#include <boost/asio/ip/address.hpp>

#include "access/credentials.hpp"
#include "net/content_coding.hpp"
#include "net/media_type.hpp"
#include "openai/form_boundary.hpp"
#include "openai/secret_scrub.hpp"
#include "relay/request/body_limits.hpp"

namespace ferry::relay {

namespace {

std::optional<fault> refuse_key(http_exchange& x, access::key_refusal why) {
    x.refused_key.why = why;
    return why == access::key_refusal::contradictory ? access::contradictory_keys() : access::invalid_api_key();
}

std::optional<fault> check_address(const http_exchange& x) {
    const auto& allowed = x.who->allowed_addresses;
    if (!allowed) return std::nullopt;
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(x.client_address, error);
    if (!error && allowed->contains(address)) return std::nullopt;
    return fault::client(fault_code::address_not_allowed,
                         "This key may not be used from your address (" + x.client_address + ").");
}

std::optional<fault> check_form_type(const std::optional<std::string_view>& type) {
    if (!type || !openai::is_form_type(*type)) {
        return fault::client(
            fault_code::unsupported_media_type,
            "The body of this request must be a form: send 'Content-Type: multipart/form-data' with its "
            "boundary.");
    }
    const auto boundary = openai::form_boundary(*type);
    if (!boundary) return boundary.error();
    return std::nullopt;
}

}  // namespace

void note_client_id(http_exchange& x) {
    const auto id = x.head.find("x-request-id");
    // A client may name its request for its own logs; only what is harmless in ours is taken.
    if (id && is_plain_id(*id) && !openai::holds_credential(*id)) x.client_request_id = *id;
}

std::optional<fault> authenticate(http_exchange& x) {
    access::credential_headers headers;
    for (const auto& [name, value] : x.head.fields) {
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
        return check_address(x);
    }
    x.refused_key = x.pinned.keys->why_refused(*key, x.started_at_us);
    // Where no key is needed, one that means nothing is none: SDKs insist on sending something.
    if (!required) return std::nullopt;
    return found.error();
}

std::optional<fault> check_declared_body(const request& x) {
    using openai::body_kind;
    const auto type = x.head.content_type;
    if (x.operation.body == body_kind::none) return std::nullopt;
    if (x.operation.body == body_kind::form) {
        if (auto refused = check_form_type(type)) return refused;
    } else if (type && !net::is_json_type(*type)) {
        return fault::client(fault_code::unsupported_media_type,
                             "The body of this request must be JSON: send 'Content-Type: application/json'.");
    }
    if (x.head.content_encoding && !net::content_codings(x.head)) {
        return fault::client(fault_code::unsupported_media_type,
                             "The body's Content-Encoding is not understood: send it in one of " +
                                 std::string(net::accepted_codings) + ", or without a coding.");
    }
    const auto most = most_body_bytes(x);
    if (x.head.framing == net::body_framing::length && x.head.content_length > most) return body_too_large(most);
    return std::nullopt;
}

}  // namespace ferry::relay
