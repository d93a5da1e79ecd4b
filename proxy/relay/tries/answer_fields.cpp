#include "relay/tries/answer_fields.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "base/id.hpp"
#include "net/http_head.hpp"
#include "net/strict_http.hpp"
#include "openai/secret_scrub.hpp"

namespace ferry::relay {

namespace {

constexpr std::string_view limit_prefix = "x-ratelimit-";
constexpr std::size_t longest_name = 48, longest_limit = 24, longest_prefix = 4;

bool is_small_letter(char c) {
    return c >= 'a' && c <= 'z';
}

bool is_of_a_limit(char c) {
    return is_digit(c) || is_small_letter(c) || c == '.';
}

bool is_of_a_name(char c) {
    return is_small_letter(static_cast<char>(c | 0x20)) || is_digit(c) || c == '-';
}

}  // namespace

bool is_limit_field(std::string_view name, std::string_view value) {
    if (name.size() <= limit_prefix.size() || name.size() > longest_name || (name.front() | 0x20) != 'x') return false;
    if (!net::same_token(name.substr(0, limit_prefix.size()), limit_prefix)) return false;
    const bool has_form = !value.empty() && value.size() <= longest_limit && is_digit(value.front()) &&
                          std::all_of(value.begin(), value.end(), is_of_a_limit);
    return has_form && std::all_of(name.begin(), name.end(), is_of_a_name) &&
           !openai::holds_credential(name.substr(limit_prefix.size()));
}

bool is_request_id(std::string_view value, std::span<const std::string_view> secrets) {
    if (!is_plain_id(value)) return false;
    // With the prefix of its kind (`sk-`) or without: the rest is what must not be known.
    const bool repeats = std::any_of(secrets.begin(), secrets.end(), [value](std::string_view secret) {
        const auto prefix = secret.substr(0, longest_prefix).find('-');
        if (prefix != std::string_view::npos) secret.remove_prefix(prefix + 1);
        return value.find(secret) != std::string_view::npos;
    });
    return !repeats && !openai::holds_credential(value);
}

}  // namespace ferry::relay
