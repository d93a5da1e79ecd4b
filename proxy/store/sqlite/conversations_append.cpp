#include "base/time_text.hpp"
#include "store/conversation_plan.hpp"
#include "store/sqlite/conversations.hpp"

namespace ferry::store::sqlite {
namespace {

bool is_known(connection& db, const turn_row& turn, const std::string& started_at) {
    query found = db.prepare("SELECT 1 FROM messages WHERE request_id = ? AND request_started_at = ? AND ordinal = 0");
    found.bind(turn.request_id).bind(started_at);
    return found.step();
}

bool is_taken(connection& db, const turn_row& turn, std::int64_t first, std::int64_t end) {
    query found = db.prepare(
        "SELECT 1 FROM messages WHERE user_id = ? AND conversation_id = ? AND position >= ? AND position < ?");
    found.bind(turn.owner).bind(turn.conversation_id).bind(first).bind(end);
    return found.step();
}

conversation_state read_state(connection& db, const turn_row& turn) {
    query found = db.prepare(
        "SELECT title, created_at, updated_at, deleted_at IS NULL, last_deleted_at, first_position, next_position,"
        " gaps FROM conversations WHERE user_id = ? AND id = ?");
    found.bind(turn.owner).bind(turn.conversation_id);
    conversation_state state;
    if (!found.step()) return state;
    state.title = found.text(0);
    state.created_at_us = parse_time(found.text(1)).value_or(0);
    state.updated_at_us = parse_time(found.text(2)).value_or(0);
    state.is_there = found.integer(3) != 0;
    state.last_deleted_at_us = parse_time(found.text(4));
    state.first_position = found.integer(5);
    state.next_position = found.integer(6);
    state.gaps = found.integer(7);
    return state;
}

void write_state(connection& db, const turn_row& turn, const conversation_state& now) {
    const std::string created_at = time_text(now.created_at_us), updated_at = time_text(now.updated_at_us);
    query upsert = db.prepare(
        "INSERT INTO conversations (user_id, id, title, created_at, updated_at, next_position, gaps)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (user_id, id) DO UPDATE SET title = excluded.title,"
        " created_at = excluded.created_at, updated_at = excluded.updated_at, deleted_at = NULL,"
        " next_position = excluded.next_position, gaps = excluded.gaps");
    upsert.bind(turn.owner).bind(turn.conversation_id).bind(now.title).bind(created_at).bind(updated_at);
    upsert.bind(now.next_position).bind(now.gaps).run();
}

void write_messages(connection& db, const turn_row& turn, std::int64_t position, const std::string& started_at) {
    const std::string ended_at = time_text(turn.ended_at_us);
    query insert = db.prepare(
        "INSERT INTO messages (user_id, conversation_id, position, role, bytes, model_id, model_name, request_id,"
        " request_started_at, ordinal, prompt_tokens, completion_tokens, finish_reason, end_reason, created_at,"
        " search_text, content, extra) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    for (std::size_t i = 0; i < turn.messages.size(); ++i) {
        const message_row& message = turn.messages[i];
        const auto ordinal = static_cast<std::int64_t>(i);
        insert.bind(turn.owner).bind(turn.conversation_id).bind(position + ordinal).bind(message.role);
        insert.bind(bytes_of(message)).bind(message.model_id).bind(message.model).bind(turn.request_id);
        insert.bind(started_at).bind(ordinal).bind(message.prompt_tokens).bind(message.completion_tokens);
        insert.bind(message.finish_reason).bind(message.end_reason).bind(ended_at);
        const std::string_view words = search_text_of(turn, i);
        words.empty() ? insert.bind(nullptr) : insert.bind(words);
        insert.bind(message.content).bind(message.extra).run();
    }
}

bool store(connection& db, const turn_row& turn) {
    const std::string started_at = time_text(turn.request_started_at_us);
    if (turn.messages.empty() || is_known(db, turn, started_at)) return false;
    conversation_plan plan(read_state(db, turn));
    const auto position =
        plan.place(turn, [&](std::int64_t first, std::int64_t end) { return is_taken(db, turn, first, end); });
    if (!position) return false;
    write_state(db, turn, plan.state());
    write_messages(db, turn, *position, started_at);
    return true;
}

}  // namespace

std::size_t conversations::append(std::span<const turn_row> turns) {
    connection& db = link_.get();
    std::size_t added = 0;
    while (!turns.empty()) {
        const auto batch = first_batch(turns);
        transaction all(db, transaction::intent::writing);
        for (const turn_row& turn : batch) added += store(db, turn) ? 1 : 0;
        all.commit();
        turns = turns.subspan(batch.size());
    }
    return added;
}

}  // namespace ferry::store::sqlite
