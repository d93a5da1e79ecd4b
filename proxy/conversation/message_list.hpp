// The elements of a `messages` array, read one at a time: a list of them would be many times as long as its text where
// somebody sends millions of small ones.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "conversation/kept_message.hpp"
#include "openai/json_walk.hpp"
#include "openai/span.hpp"

namespace ferry::conversation {

// Those members by which two messages are compared, as spelled; empty where there is none. Of several the last.
struct message_parts {
    std::string_view content, tool_calls, function_call, tool_call_id, refusal;

    void take(std::string_view name, std::string_view value);
};

struct message_entry {
    std::string_view text;  // of the element
    openai::span where;     // ... in the text of the array
    bool is_object = false;
    std::string role;  // decoded; "" where there is none, or it is no string
    message_parts parts;

    // It says something: an object with a role or a content.
    bool is_message() const { return is_object && !(role.empty() && parts.content.empty()); }
};

// `element` is valid JSON and begins at `at` of the array's text. One pass over it.
message_entry read_message(std::string_view element, std::size_t at = 0);

// Calls f(entry) for each element of the array `messages`, whatever it is; of a text that is no array nothing.
template <class F>
void for_each_message(std::string_view messages, F&& f) {
    openai::for_each_element(messages, [&](std::string_view element) {
        f(read_message(element, static_cast<std::size_t>(element.data() - messages.data())));
    });
}

enum class nulls : unsigned char { stay, go };

// The members of the object `message` that are neither role nor content, as kept_message has them.
std::optional<std::string> other_members(std::string_view message, nulls null_members = nulls::stay);

kept_message keep(const message_entry& entry, nulls null_members = nulls::stay);

}  // namespace ferry::conversation
