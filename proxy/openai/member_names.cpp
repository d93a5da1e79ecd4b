#include "openai/member_names.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"

namespace ferry::openai {
namespace {

constexpr std::array<std::string_view, member_count> names = {
    "model", "id",       "stream", "stream_options", "conversationId", "store", "max_tokens", "max_completion_tokens",
    "n",     "messages", "input",  "prompt",         "tools",          "user",  "top_p",      "enable_thinking"};
constexpr std::string_view include_usage = "include_usage";
constexpr std::string_view long_s = "\xc5\xbf", kelvin = "\xe2\x84\xaa";

bool is_ascii(std::string_view key) {
    return std::all_of(key.begin(), key.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool folds_to(std::string_view key, std::string_view name) {
    if (key.size() < name.size() || (key.size() > name.size() && is_ascii(key))) return false;
    for (const char wanted : name) {
        if (key.empty()) return false;
        std::size_t taken = 1;
        char c = lower_case(key[0]);
        if (key.starts_with(long_s)) {
            c = 's';
            taken = long_s.size();
        } else if (key.starts_with(kelvin)) {
            c = 'k';
            taken = kelvin.size();
        }
        if (c != lower_case(wanted)) return false;
        key.remove_prefix(taken);
    }
    return key.empty();
}

}  // namespace

std::string_view name_of(member m) {
    return names[static_cast<std::size_t>(m)];
}

std::optional<member_match> match_member(std::string_view key) {
    for (std::size_t i = 0; i != names.size(); ++i) {
        if (key == names[i]) return member_match{static_cast<member>(i), true};
    }
    constexpr std::string_view first_letters = "miscnptMISCNPT\xc5\xe2";  // and first bytes of U+017F and U+212A
    if (key.empty() || first_letters.find(key[0]) == std::string_view::npos) return std::nullopt;
    for (std::size_t i = 0; is_routed(static_cast<member>(i)); ++i) {
        if (folds_to(key, names[i])) return member_match{static_cast<member>(i), false};
    }
    return std::nullopt;
}

std::optional<member_match> match_include_usage(std::string_view key) {
    if (key == include_usage) return member_match{{}, true};
    if (folds_to(key, include_usage)) return member_match{{}, false};
    return std::nullopt;
}

}  // namespace ferry::openai
