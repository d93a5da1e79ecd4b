// Which fields of an upstream's head the client may see: those that have the form such fields have, and no secret.
#pragma once

#include <span>
#include <string_view>

namespace ferry::relay {

// `x-ratelimit-...`: a count, or a time such as `6m0s` or `1.5s`. Not longer than any of them needs.
bool is_limit_field(std::string_view name, std::string_view value);

// A request id of the upstream: at most 128 letters, digits and `-_.:/+=`, none of `secrets` and no credential.
bool is_request_id(std::string_view value, std::span<const std::string_view> secrets);

}  // namespace ferry::relay
