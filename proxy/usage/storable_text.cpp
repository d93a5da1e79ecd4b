#include "usage/storable_text.hpp"

#include <algorithm>
#include <cstddef>

#include "openai/utf8.hpp"

namespace ferry::usage {

namespace {

// Length of the character at the start of `text`, 0 if it is none that can be stored.
std::size_t character_bytes(std::string_view text) {
    const auto first = static_cast<unsigned char>(text[0]);
    if (first < 0x80) return first == 0 ? 0 : 1;
    openai::utf8_grammar grammar;
    if (!grammar.begin(first)) return 0;
    std::size_t bytes = 1;
    for (; grammar.is_inside(); ++bytes)
        if (bytes == text.size() || !grammar.next(static_cast<unsigned char>(text[bytes]))) return 0;
    return bytes;
}

}  // namespace

std::string storable_text(std::string_view text) {
    const auto is_plain = [](char c) { return static_cast<signed char>(c) > 0; };
    if (std::all_of(text.begin(), text.end(), is_plain)) return std::string(text);
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::size_t bytes = character_bytes(text);
        if (bytes == 0)
            out += "\xEF\xBF\xBD";
        else
            out += text.substr(0, bytes);
        text.remove_prefix(bytes == 0 ? 1 : bytes);
    }
    return out;
}

std::optional<std::string> storable_or_null(std::string_view text) {
    if (text.empty()) return std::nullopt;
    return storable_text(text);
}

}  // namespace ferry::usage
