// How the rows of conversations are read, in the order in which both stores select their columns.
#pragma once

#include "store/conversation_rows.hpp"

namespace ferry::store {

// `in` is a store's row_reader over one row of its result.

template <class Reader>
void read_row(Reader&& in, conversation_row& row) {
    row.owner = in.integer(0);
    row.id = in.integer(0);
    row.title = in.text();
    row.created_at_us = in.informative_time();
    row.updated_at_us = in.informative_time();
    row.message_count = in.integer(0);
}

// `first_position` is the conversation's.
template <class Reader>
void read_row(Reader&& in, message_row& row, std::int64_t first_position) {
    row.id = in.integer(0);
    row.position = in.integer(0) - first_position;
    row.role = in.text();
    row.content = in.optional_text().value_or("null");
    row.extra = in.optional_text();
    row.model_id = in.optional_integer();
    row.model = in.optional_text();
    row.finish_reason = in.optional_text();
    row.end_reason = in.optional_text();
    row.prompt_tokens = in.optional_integer();
    row.completion_tokens = in.optional_integer();
    row.request_id = in.text();
    row.created_at_us = in.informative_time();
}

}  // namespace ferry::store
