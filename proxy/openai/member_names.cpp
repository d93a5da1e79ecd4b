#include "openai/member_names.hpp"

#include <array>

#include "openai/name_fold.hpp"

namespace ferry::openai {
namespace {

constexpr std::array<std::string_view, member_count> chat_names = {
    "model", "id",       "stream", "stream_options", "conversationId", "store", "max_tokens", "max_completion_tokens",
    "n",     "messages", "input",  "prompt",         "tools",          "user",  "top_p",      "enable_thinking"};
constexpr std::string_view include_usage = "include_usage";

}  // namespace

std::string_view name_of(member m) {
    return chat_names[static_cast<std::size_t>(m)];
}

std::optional<member_match> match_member(std::string_view key) {
    for (std::size_t i = 0; i != chat_names.size(); ++i) {
        if (key == chat_names[i]) return member_match{static_cast<member>(i), true};
    }
    constexpr std::string_view first_letters = "miscnptMISCNPT\xc5\xe2";  // and first bytes of U+017F and U+212A
    if (key.empty() || first_letters.find(key[0]) == std::string_view::npos) return std::nullopt;
    for (std::size_t i = 0; is_routed(static_cast<member>(i)); ++i) {
        if (folds_to(key, chat_names[i])) return member_match{static_cast<member>(i), false};
    }
    return std::nullopt;
}

std::optional<member_match> match_include_usage(std::string_view key) {
    if (key == include_usage) return member_match{{}, true};
    if (folds_to(key, include_usage)) return member_match{{}, false};
    return std::nullopt;
}

}  // namespace ferry::openai
