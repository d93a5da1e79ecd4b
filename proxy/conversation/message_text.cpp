#include "conversation/message_text.hpp"

#include <algorithm>

#include "base/utf8.hpp"
#include "conversation/string_value.hpp"
#include "openai/json_walk.hpp"

namespace ferry::conversation {
namespace {

constexpr std::string_view ellipsis = "\xe2\x80\xa6";

std::string_view text_of_part(std::string_view part) {
    std::string_view text;
    std::string buffer;
    openai::for_each_member(part, [&](std::string_view key, std::string_view value) {
        if (decoded_name(key, buffer) == "text") text = value;
    });
    return text;
}

// Also what stands between words without being seen.
bool is_space(char32_t c) {
    return c <= ' ' || (c >= 0x7f && c <= 0xa0) || c == 0x1680 || (c >= 0x2000 && c <= 0x200b) || c == 0x2028 ||
           c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000 || c == 0xfeff;
}

// The words at the beginning of `text`, more than `most` bytes of them where there are so many.
std::string fold_spaces(std::string_view text, std::size_t most) {
    std::string out;
    bool is_between = false;
    while (!text.empty() && out.size() <= most) {
        const auto length = std::max<std::size_t>(character_length(text), 1);
        const auto character = text.substr(0, length);
        text.remove_prefix(length);
        if (is_space(code_point(character))) {
            is_between = !out.empty();
            continue;
        }
        if (is_between) out += ' ';
        is_between = false;
        out += character;
    }
    return out;
}

std::string shorten(const std::string& words) {
    if (words.size() <= title_max) return words;
    const auto room = title_max - ellipsis.size();
    auto cut = clip_utf8(words, room);
    // A word that takes half of the room is cut itself: some languages put no spaces between theirs.
    const bool ends_word = words[cut.size()] == ' ';
    const auto space = cut.rfind(' ');
    if (!ends_word && space != std::string_view::npos && space >= room / 2) cut = cut.substr(0, space);
    return std::string(cut).append(ellipsis);
}

}  // namespace

std::string text_of(const kept_message& message) {
    constexpr std::size_t more = 4;  // so that what is cut in the middle of a character lies behind the end
    std::string text;
    if (message.content.starts_with('"')) append_decoded(text, message.content, search_text_max + more);
    openai::for_each_element(message.content, [&](std::string_view part) {
        const auto spelled = text_of_part(part);
        if (!spelled.starts_with('"') || spelled == "\"\"") return true;
        if (!text.empty()) text += ' ';
        append_decoded(text, spelled, search_text_max + more);
        return text.size() <= search_text_max;
    });
    text.resize(clip_utf8(text, search_text_max).size());
    std::erase(text, '\0');
    return text;
}

std::string title_of(std::span<const kept_message> messages) {
    for (const auto& message : messages) {
        if (message.role != "user") continue;
        const auto words = fold_spaces(text_of(message), title_max);
        if (!words.empty()) return shorten(words);
    }
    return {};
}

}  // namespace ferry::conversation
