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

void put_storable(std::string_view text, std::string& to) {
    const auto is_plain = [](char c) { return static_cast<signed char>(c) > 0; };
    if (std::all_of(text.begin(), text.end(), is_plain)) {
        to.assign(text);
        return;
    }
    to.clear();
    to.reserve(text.size());
    while (!text.empty()) {
        const std::size_t bytes = character_bytes(text);
        if (bytes == 0)
            to += "\xEF\xBF\xBD";
        else
            to += text.substr(0, bytes);
        text.remove_prefix(bytes == 0 ? 1 : bytes);
    }
}

void put_storable(std::string_view text, std::optional<std::string>& to) {
    to.reset();
    if (!text.empty()) put_storable(text, to.emplace());
}

}  // namespace ferry::usage
