// Conversations and their messages as clients see them.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "store/conversation_rows.hpp"

namespace ferry::conversation {

// {"id":81,"object":"conversation","title":"...","message_count":4,"created_at":1795700000,"updated_at":1795700000}
std::string conversation_json(const store::conversation_row& row);

// {"id":1,"object":"conversation.message","conversation_id":81,"position":0,"role":"user","content":...}, the content
// and the other members of the message byte for byte, but for other members with a name that Ferry gives to something
// of its own; of an answer `model`, `finish_reason`, `end_reason`, `request_id` and `usage`, null where nobody knows;
// last `created_at`.
std::string message_json(const store::message_row& row, std::int64_t conversation_id);

// {"object":"list","data":[...],"first_id":...,"last_id":...,"has_more":false}
std::string list_json(std::span<const store::conversation_row> rows, bool has_more);
std::string list_json(std::span<const store::message_row> rows, std::int64_t conversation_id, bool has_more);

}  // namespace ferry::conversation
