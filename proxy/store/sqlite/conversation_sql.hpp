// The statements that read conversations, apart so that tests can ask SQLite how it would run them.
#pragma once

#include <string>

#include "store/conversation_store.hpp"

namespace ferry::store::sqlite {

// What read_row() of a conversation_row reads.
inline constexpr const char* conversation_columns =
    "user_id, id, title, created_at, updated_at, next_position - first_position - gaps";

// The conversations of an owner (?1). With page.after, those that come after created_at ?2 and id ?3; with
// `has_words`, those that hold ?4. At most ?5.
std::string list_sql(const page_of& page, bool has_words);

// What read_row() of a message_row reads: the messages of owner ?1 and conversation ?2 at ?3 or behind; with
// page.after, those that come after position ?4 in the order of the page. At most ?5.
std::string messages_sql(const page_of& page);

// Position and bytes of the last messages of owner ?1 and conversation ?2 at ?3 or behind, backwards. At most ?4.
inline constexpr const char* tail_places_sql =
    "SELECT position, bytes FROM messages WHERE user_id = ?1 AND conversation_id = ?2 AND position >= ?3"
    " ORDER BY position DESC LIMIT ?4";

// The last message of the role system or developer of owner ?1 and conversation ?2, at ?3 or behind, and before ?4.
std::string instruction_sql();

}  // namespace ferry::store::sqlite
