// The rows of stored conversations as plain values. Pure folders may include this header. Times as in rows.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ferry::store {

struct conversation_row {
    std::int64_t owner = 0;  // the user's id; of a key without a user, minus the key's id; 0 without keys
    std::int64_t id = 0;
    std::string title;
    std::int64_t created_at_us = 0, updated_at_us = 0;
    std::int64_t message_count = 0;

    bool operator==(const conversation_row&) const = default;
};

struct message_row {
    std::int64_t id = 0;        // of the table; 0 in a turn that is not stored yet
    std::int64_t position = 0;  // 0, 1, ... in its conversation
    std::string role;
    std::string content;               // JSON, byte for byte as it was sent or received: a string, parts, or null
    std::optional<std::string> extra;  // JSON object of the message's other members (name, tool_calls, ...)
    // Of an answer.
    std::optional<std::int64_t> model_id;
    std::optional<std::string> model, finish_reason, end_reason;
    std::optional<std::int64_t> prompt_tokens, completion_tokens;
    std::string request_id;
    std::int64_t created_at_us = 0;

    bool operator==(const message_row&) const = default;
};

// What one request adds to a conversation: new messages of the client, and the answer.
struct turn_row {
    std::int64_t owner = 0, conversation_id = 0;
    std::string request_id;
    std::int64_t request_started_at_us = 0;
    std::int64_t ended_at_us = 0;  // created_at of its messages, updated_at of the conversation
    // Where its first message goes, counted as tail_of::next_position is: by the table, which goes on counting when a
    // conversation was removed and began anew. (message_row::position counts from 0 then.)
    std::int64_t position = 0;
    std::string title;                      // for a conversation that has none yet; "" for none
    std::vector<message_row> messages;      // id, position, request_id and created_at_us are ignored
    std::vector<std::string> search_texts;  // for each message what `words` is looked for in, UTF-8 without NUL

    bool operator==(const turn_row&) const = default;
};

}  // namespace ferry::store
