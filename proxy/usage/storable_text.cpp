#include "usage/storable_text.hpp"

#include <algorithm>
#include <cstddef>

#include "base/utf8.hpp"

namespace ferry::usage {

void put_storable(std::string_view text, std::string& to) {
    const auto is_plain = [](char c) { return static_cast<signed char>(c) > 0; };
    if (std::all_of(text.begin(), text.end(), is_plain)) {
        to.assign(text);
        return;
    }
    to.clear();
    to.reserve(text.size());
    while (!text.empty()) {
        const std::size_t bytes = text[0] == '\0' ? 0 : character_length(text);
        to += bytes == 0 ? replacement_character : text.substr(0, bytes);
        text.remove_prefix(bytes == 0 ? 1 : bytes);
    }
}

void put_storable(std::string_view text, std::optional<std::string>& to) {
    to.reset();
    if (!text.empty()) put_storable(text, to.emplace());
}

}  // namespace ferry::usage
