// The text of a JSON string, piece by piece. Pure.
#pragma once

#include <string_view>

#include "openai/answer_words.hpp"

namespace ferry::openai {

// Gives the decoded text of `quoted`, a string with its quotes that was validated before, to `to`. Of what is no string
// nothing.
void give_words(std::string_view quoted, answer_words& to);

}  // namespace ferry::openai
