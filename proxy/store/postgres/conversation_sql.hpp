// The statements that read conversations, apart so that tests can ask the server how it would run them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "store/conversation_store.hpp"

namespace ferry::store::postgres {

// Selects what read_row() of a conversation_row reads, up to the name of the table.
const std::string& conversation_columns();

// A time as a literal.
std::string time_literal(std::int64_t epoch_us);

// " WHERE user_id = ... AND conversation_id = ..."
std::string of_conversation(std::int64_t owner, std::int64_t id);

// The conversations of an owner. `created_at_us` is that of page.after; `words` is quoted, "" for none.
std::string list_sql(std::int64_t owner, const page_of& page, std::int64_t created_at_us, const std::string& words);

// What read_row() of a message_row reads: the messages at or behind `first`; with `behind`, those that come after that
// position in the order of the page.
std::string messages_sql(std::int64_t owner, std::int64_t id, const page_of& page, std::int64_t first,
                         std::optional<std::int64_t> behind);

// The bytes of the same messages, without reading them.
std::string sizes_sql(std::int64_t owner, std::int64_t id, const page_of& page, std::int64_t first,
                      std::optional<std::int64_t> behind);
// The last message of the role system or developer from `first` on and before `before`.
std::string instruction_sql(std::int64_t owner, std::int64_t id, std::int64_t first, std::int64_t before);

// Position and bytes of the last messages, backwards.
std::string tail_places_sql(std::int64_t owner, std::int64_t id, std::int64_t first, std::size_t most);

}  // namespace ferry::store::postgres
