// What is read of messages by people who look for one.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "conversation/kept_message.hpp"

namespace ferry::conversation {

inline constexpr std::size_t search_text_max = 64 * 1024, title_max = 80;

// The words to search in: the content, or the texts of its parts with spaces between them. UTF-8 without NUL, at most
// search_text_max bytes, cut at the border of a character. REQUIRES: content is valid JSON.
std::string text_of(const kept_message& message);

// The first words of the first user message that has some, with single spaces between them; what is longer than
// title_max bytes is cut behind a word, or within one that is long, and ends in an ellipsis. "" if there are none.
std::string title_of(std::span<const kept_message> messages);

}  // namespace ferry::conversation
