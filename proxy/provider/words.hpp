// Small comparisons of ASCII words.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace ferry::provider {

inline std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    return out;
}

inline std::string_view trim(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

template <class Word, class Words>
bool is_one_of(const Word& word, const Words& words) {
    return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

template <class Words>
bool holds_one_of(std::string_view text, const Words& words) {
    return std::any_of(std::begin(words), std::end(words),
                       [text](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

}  // namespace ferry::provider
