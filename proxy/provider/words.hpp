// A word, or a text that holds it, among a list of words.
#pragma once

#include <algorithm>
#include <string_view>

namespace ferry::provider {

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
