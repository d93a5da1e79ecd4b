// What a request says to its model: its words, and what else of it counts tokens. Pure.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "openai/answer_words.hpp"

namespace ferry::openai {

// Views into what was read.
struct asked_image {
    std::string_view url;  // as it stands in JSON, without its quotes; "" where a file is named
    bool is_low = false;   // "detail": "low"
};

struct prompt_parts {
    std::int64_t messages = 0;  // and items of an input
    std::int64_t names = 0;     // messages with a name
    std::int64_t tools = 0;
    std::int64_t calls = 0;   // of tools, in earlier answers
    std::int64_t tokens = 0;  // that were sent as numbers
    std::vector<asked_image> images;
    bool has_more = false;       // sound, files, what an earlier response holds: nobody knows how many tokens they are
    bool is_background = false;  // the answer is made later, and its usage is told then
};

// Reads the body of a request that counts tokens, JSON that was validated before: messages, tools and functions,
// response formats, prompt, suffix, input and instructions, whichever it has. Its words go to `to`: texts decoded, what
// a model is given as JSON as it stands. A list of several inputs is one text.
void read_prompt(std::string_view body, answer_words& to, prompt_parts& parts);

// The same of messages that were put in: the elements of a list, without its brackets.
void read_messages(std::string_view elements, answer_words& to, prompt_parts& parts);

}  // namespace ferry::openai
