// What one request adds to its conversation: the new messages of the client, and the answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::usage {

struct message {
    std::string role;
    std::string content;               // JSON, byte for byte
    std::optional<std::string> extra;  // a JSON object of the message's other members

    bool operator==(const message&) const = default;
};

struct turn {
    std::int64_t owner = 0, conversation_id = 0;
    std::int64_t position = 0;  // of its first message
    bool has_answer = false;    // the last message is the answer
    std::vector<message> messages;

    // From the records of its request.
    std::string request_id;
    std::int64_t started_at_us = 0, ended_at_us = 0;
    std::optional<std::int64_t> model_id, prompt_tokens, completion_tokens;
    std::string model_name, end_reason;
    std::optional<std::string> finish_reason;
};

// Takes turns out of the journal. Owned by: the application. Called on: the shipper's thread.
class turn_sink {
public:
    virtual ~turn_sink() = default;

    // Stores them, or knows that they cannot be stored. They may come again. Throws store_unavailable: nothing is done.
    virtual void take(const std::vector<turn>& turns) = 0;
};

// The bytes of the first five members, and back; nothing for bytes that are none.
std::string encode_turn(const turn& what);
std::optional<turn> decode_turn(std::string_view bytes);

}  // namespace ferry::usage
