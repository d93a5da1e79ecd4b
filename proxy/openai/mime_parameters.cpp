#include "openai/mime_parameters.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "net/token.hpp"

namespace ferry::openai {
namespace {

std::string_view take_token(std::string_view& text) {
    const auto end = std::find_if_not(text.begin(), text.end(), net::is_token_char);
    const auto token = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text.remove_prefix(token.size());
    return token;
}

// The closing quote of a quoted string (RFC 9110 section 5.6.4) that begins `text`: a backslash hides what follows it.
std::size_t closing_quote(std::string_view text) {
    for (std::size_t at = 1; at < text.size(); ++at) {
        if (text[at] == '"') return at;
        if (text[at] == '\\') ++at;
    }
    return std::string_view::npos;
}

void skip_blanks(std::string_view& text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
}

}  // namespace

std::optional<mime_parameter> mime_parameters::fail() {
    is_malformed_ = true;
    return std::nullopt;
}

std::optional<mime_parameter> mime_parameters::next() {
    skip_blanks(rest_);
    if (rest_.empty()) return std::nullopt;
    if (rest_.front() != ';') return fail();
    rest_.remove_prefix(1);
    skip_blanks(rest_);
    mime_parameter found;
    found.name = take_token(rest_);
    if (found.name.empty() || !rest_.starts_with('=')) return fail();
    rest_.remove_prefix(1);
    found.is_quoted = rest_.starts_with('"');
    if (!found.is_quoted) {
        found.value = take_token(rest_);
        return found.value.empty() ? fail() : std::optional(found);
    }
    const auto end = closing_quote(rest_);
    if (end == std::string_view::npos) return fail();
    found.value = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return found;
}

}  // namespace ferry::openai
