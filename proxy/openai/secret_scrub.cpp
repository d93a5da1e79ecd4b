#include "openai/secret_scrub.hpp"

#include "base/ascii.hpp"

namespace ferry::openai {
namespace {

constexpr std::string_view mask = "***";
constexpr std::size_t secret_min = 4, word_min = 6;  // shorter ones would blot out ordinary text

bool is_percent_encoded(std::string_view text) {
    return text.size() >= 3 && text[0] == '%' && is_hex_digit(text[1]) && is_hex_digit(text[2]);
}

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '*' || c == '.' || c == '+' || c == '/' || c == '=';
}

std::size_t word_length(std::string_view text) {
    std::size_t length = 0;
    while (length != text.size() && is_word(text[length])) ++length;
    return length;
}

bool starts_with_any_case(std::string_view text, std::string_view lower) {
    if (text.size() < lower.size()) return false;
    for (std::size_t i = 0; i != lower.size(); ++i) {
        if (lower_case(text[i]) != lower[i]) return false;
    }
    return true;
}

// The credential at the front of `text`: how many bytes of it stay (`Bearer `), and how many go.
struct credential {
    std::size_t kept = 0, masked = 0;
};

credential find_credential(std::string_view text) {
    for (const std::string_view prefix : {"sk-", "fk-", "bearer ", "bearer%20", "bearer+"}) {
        if (!starts_with_any_case(text, prefix)) continue;
        const auto length = word_length(text.substr(prefix.size()));
        if (length < word_min) continue;
        if (!prefix.ends_with('-')) return {prefix.size(), length};
        return {0, prefix.size() + length};
    }
    return {};
}

// Whether the end of a prefix of find_credential() stands somewhere: in most texts it does not, and every request has
// several that are asked for.
bool holds_prefix(std::string_view text) {
    for (std::size_t i = 1; i < text.size(); ++i) {
        const char last = text[i];
        if (last == '-' && lower_case(text[i - 1]) == 'k') return true;
        const bool ends_bearer = last == ' ' || last == '%' || last == '+';
        if (ends_bearer && lower_case(text[i - 1]) == 'r') return true;
    }
    return false;
}

credential find_secret(std::string_view text, std::span<const std::string_view> secrets) {
    credential longest;
    for (const auto secret : secrets) {
        const bool is_here = secret.size() >= secret_min && text.starts_with(secret);
        if (is_here && secret.size() > longest.masked) longest.masked = secret.size();
    }
    return longest;
}

}  // namespace

std::string scrub_secrets(std::string_view text, std::span<const std::string_view> secrets) {
    std::string out;
    out.reserve(text.size());
    bool inside_word = false;
    while (!text.empty()) {
        auto found = find_secret(text, secrets);
        if (found.masked == 0 && !inside_word) found = find_credential(text);
        if (found.masked == 0) {
            const std::size_t passed = is_percent_encoded(text) ? 3 : 1;
            inside_word = is_word(text.front()) && text.front() != '=' && text.front() != '/';
            out += text.substr(0, passed);
            text.remove_prefix(passed);
            continue;
        }
        out.append(text.substr(0, found.kept)).append(mask);
        text.remove_prefix(found.kept + found.masked);
        inside_word = false;
    }
    return out;
}

bool holds_credential(std::string_view text) {
    return holds_prefix(text) && scrub_secrets(text, {}) != text;
}

}  // namespace ferry::openai
