#pragma once

#include <string>
#include <string_view>

namespace ferry::micro {

// Text of so many bytes at least, the same each time, that no predictor of branches learns by heart.
std::string english(std::size_t bytes);
std::string chinese(std::size_t bytes);
std::string json(std::size_t bytes);  // an array of objects

// A chat request whose messages have so many bytes of text.
std::string chat_body(std::size_t text_bytes, bool is_stream);

// An event with a token of the answer, as OpenAI's chat completions and Responses send it. `number` changes the token.
std::string chat_event(std::size_t number);
std::string response_event(std::size_t number);

// As the official Python SDK asks, and as OpenAI answers.
extern const std::string_view request_head, answer_head;

}  // namespace ferry::micro
