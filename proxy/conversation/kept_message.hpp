#pragma once

#include <span>
#include <string>
#include <string_view>

#include "usage/turn.hpp"

namespace ferry::conversation {

// A message as it is stored: of a role "" there was none, nor of a content that is null; of other members whose name is
// repeated the last stands in `extra`, as readers take it.
using kept_message = usage::message;

// What is asked of instructions, not said in a conversation.
inline bool is_instruction(std::string_view role) {
    return role == "system" || role == "developer";
}

// Those given last, without anything said between them.
std::span<const kept_message> latest_instructions(std::span<const kept_message> stored);

// A guess at its tokens is a quarter of these.
inline std::size_t size_of(const kept_message& message) {
    return message.content.size() + (message.extra ? message.extra->size() : 0);
}

// The members of a JSON object without its braces; "" of anything else.
std::string_view inside_of(std::string_view object);

// The bytes that append_message() adds, or a few more.
inline std::size_t size_of_appended(const kept_message& message) {
    return size_of(message) + message.role.size() + std::string_view(R"({"role":"","content":null,})").size();
}

// Appends the message as a client would send it: {"role":"user","content":"...", and the other members}.
void append_message(std::string& out, const kept_message& message);

}  // namespace ferry::conversation
