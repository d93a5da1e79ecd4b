#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace ferry::conversation {

// A message of a request or of a conversation, known by a number: equal messages have equal ones.
struct marked_message {
    std::uint32_t number = 0;  // 0: none of the conversation's
    bool is_answer = false;    // an assistant said it
};

// How many messages at the beginning of `request` the conversation `stored` has already; nothing if no answer in the
// request is one of the conversation. Then the request does not bring the conversation along.
// The last such answer says where in the conversation the request is. Where the conversation has several like it, it is
// the one before which most is as in the request, and of those the latest. From there on messages are old as long as
// each is found behind the one before it; what the conversation has between them are turns that were taken back.
// Linear in both.
std::optional<std::size_t> known_beginning(std::span<const marked_message> request,
                                           std::span<const marked_message> stored);

}  // namespace ferry::conversation
