#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ferry::conversation {

// A message as it is stored. Plain data: a value of any thread.
struct kept_message {
    std::string role;     // "" where it had none
    std::string content;  // JSON byte for byte as it was sent or received; "null" where it had none
    // JSON object of the other members, each byte for byte and in the order they came; of a name that is repeated the
    // last, as readers take it. Absent if there is none.
    std::optional<std::string> extra;

    bool operator==(const kept_message&) const = default;
};

// What is asked of instructions, not said in a conversation.
inline bool is_instruction(std::string_view role) {
    return role == "system" || role == "developer";
}

// A guess at its tokens is a quarter of these.
inline std::size_t size_of(const kept_message& message) {
    return message.content.size() + (message.extra ? message.extra->size() : 0);
}

// The members of a JSON object without its braces; "" of anything else.
std::string_view inside_of(std::string_view object);

// Appends the message as a client would send it: {"role":"user","content":"...", and the other members}.
void append_message(std::string& out, const kept_message& message);

}  // namespace ferry::conversation
