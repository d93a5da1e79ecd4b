#include <map>
#include <pqxx/prepared_statement>
#include <set>

#include "base/time_text.hpp"
#include "store/conversation_plan.hpp"
#include "store/postgres/array_text.hpp"
#include "store/postgres/conversation_sql.hpp"
#include "store/postgres/conversations.hpp"

namespace ferry::store::postgres {
namespace {

using plans = std::map<conversation_key, conversation_plan>;
using turn_key = std::pair<std::string, std::int64_t>;  // request_id, request_started_at_us

turn_key key_of_request(const turn_row& turn) {
    return {turn.request_id, turn.request_started_at_us};
}

// Gives the statement one array for each column.
template <std::size_t N>
pqxx::result run_arrays(pqxx::work& in, const std::string& sql, array_text (&columns)[N]) {
    std::vector<std::string> texts;
    for (array_text& one : columns) texts.push_back(one.take());
    return in.exec_params(sql, pqxx::prepare::make_dynamic_params(texts.begin(), texts.end()));
}

// A row for each conversation, and its lock, in the order of the keys: so two who add turns never wait for each other
// in a circle. What is made here is not there yet for others, nor when this transaction ends without a turn for it. DO
// UPDATE locks a row also where it changes nothing.
constexpr const char* lock_conversations =
    "INSERT INTO conversations (user_id, id, title, deleted_at, leftover_since)"
    " SELECT owner, number, '', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP"
    " FROM unnest($1::bigint[], $2::bigint[]) AS wanted (owner, number) ORDER BY owner, number"
    " ON CONFLICT (user_id, id) DO UPDATE SET id = EXCLUDED.id WHERE false";

// After the locks and by a statement of its own, so that it sees what was committed while they were waited for.
const std::string& read_conversations() {
    const auto micros = [](const std::string& column) {
        return ", (extract(epoch FROM " + column + ") * 1000000)::bigint";
    };
    static const std::string sql = "SELECT user_id, id, coalesce(title, '')" + micros("created_at") +
                                   micros("updated_at") + ", deleted_at IS NULL" + micros("last_deleted_at") +
                                   ", first_position, next_position, gaps FROM conversations WHERE (user_id, id) IN"
                                   " (SELECT * FROM unnest($1::bigint[], $2::bigint[]))";
    return sql;
}

// What is there again leaves its leftovers to a purge. What was made for this turn has none.
constexpr const char* write_conversations =
    "UPDATE conversations SET title = now.title, created_at = now.created_at, updated_at = now.updated_at,"
    " deleted_at = NULL, next_position = now.next_position, gaps = now.gaps,"
    " leftover_since = CASE WHEN last_deleted_at IS NULL THEN NULL ELSE leftover_since END"
    " FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::bigint[],"
    " $7::bigint[]) AS now (owner, number, title, created_at, updated_at, next_position, gaps)"
    " WHERE conversations.user_id = now.owner AND conversations.id = now.number";

constexpr const char* write_messages =
    "INSERT INTO messages (user_id, conversation_id, position, role, content, extra, bytes, search_text, model_id,"
    " model_name, request_id, request_started_at, ordinal, prompt_tokens, completion_tokens, finish_reason, end_reason,"
    " created_at) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::json[], $6::json[],"
    " $7::bigint[], $8::text[], $9::bigint[], $10::text[], $11::text[], $12::timestamptz[], $13::bigint[],"
    " $14::bigint[], $15::bigint[], $16::text[], $17::text[], $18::timestamptz[])";

constexpr const char* find_turns =
    "SELECT request_id, (extract(epoch FROM request_started_at) * 1000000)::bigint FROM messages"
    " WHERE ordinal = 0 AND (request_id, request_started_at) IN"
    " (SELECT * FROM unnest($1::text[], $2::timestamptz[]))";

plans lock(pqxx::work& in, std::span<const turn_row> turns) {
    plans all;
    for (const turn_row& turn : turns) all.try_emplace(key_of(turn));
    array_text keys[2];
    for (const auto& [key, plan] : all) {
        keys[0].add(key.first);
        keys[1].add(key.second);
    }
    const std::string owners = keys[0].take(), ids = keys[1].take();
    in.exec_params(lock_conversations, owners, ids);
    for (const auto& line : in.exec_params(read_conversations(), owners, ids)) {
        conversation_state state;
        state.title = line[2].c_str();
        state.created_at_us = line[3].is_null() ? 0 : line[3].as<std::int64_t>();
        state.updated_at_us = line[4].is_null() ? 0 : line[4].as<std::int64_t>();
        state.is_there = line[5].as<bool>();
        if (!line[6].is_null()) state.last_deleted_at_us = line[6].as<std::int64_t>();
        state.first_position = line[7].as<std::int64_t>();
        state.next_position = line[8].as<std::int64_t>();
        state.gaps = line[9].as<std::int64_t>();
        all.at({line[0].as<std::int64_t>(), line[1].as<std::int64_t>()}) = conversation_plan(std::move(state));
    }
    return all;
}

std::set<turn_key> known_turns(pqxx::work& in, std::span<const turn_row> turns) {
    array_text keys[2];
    for (const turn_row& turn : turns) {
        keys[0].add(turn.request_id);
        keys[1].add_time(turn.request_started_at_us);
    }
    std::set<turn_key> known;
    for (const auto& line : run_arrays(in, find_turns, keys))
        known.emplace(line[0].c_str(), line[1].as<std::int64_t>());
    return known;
}

bool is_taken(pqxx::work& in, const turn_row& turn, std::int64_t first, std::int64_t end) {
    return in
        .exec("SELECT EXISTS (SELECT 1 FROM messages" + of_conversation(turn.owner, turn.conversation_id) +
              " AND position >= " + std::to_string(first) + " AND position < " + std::to_string(end) + ")")[0][0]
        .as<bool>();
}

void add_messages(const turn_row& turn, std::int64_t position, array_text (&to)[18]) {
    for (std::size_t i = 0; i < turn.messages.size(); ++i) {
        const message_row& message = turn.messages[i];
        array_text* column = to;
        (column++)->add(turn.owner);
        (column++)->add(turn.conversation_id);
        (column++)->add(position + static_cast<std::int64_t>(i));
        (column++)->add(message.role);
        (column++)->add(message.content);
        (column++)->add(message.extra);
        (column++)->add(bytes_of(message));
        const std::string_view words = search_text_of(turn, i);
        words.empty() ? (column++)->add_null() : (column++)->add(words);
        (column++)->add(message.model_id);
        (column++)->add(message.model);
        (column++)->add(turn.request_id);
        (column++)->add_time(turn.request_started_at_us);
        (column++)->add(static_cast<std::int64_t>(i));
        (column++)->add(message.prompt_tokens);
        (column++)->add(message.completion_tokens);
        (column++)->add(message.finish_reason);
        (column++)->add(message.end_reason);
        column->add_time(turn.ended_at_us);
    }
}

void write(pqxx::work& in, const plans& all) {
    array_text columns[7];
    for (const auto& [key, plan] : all) {
        if (!plan.is_changed()) continue;
        const conversation_state& now = plan.state();
        columns[0].add(key.first);
        columns[1].add(key.second);
        columns[2].add(now.title);
        columns[3].add_time(now.created_at_us);
        columns[4].add_time(now.updated_at_us);
        columns[5].add(now.next_position);
        columns[6].add(now.gaps);
    }
    run_arrays(in, write_conversations, columns);
}

std::size_t store(pqxx::work& in, std::span<const turn_row> turns) {
    // The journal forgets what is stored here, so it must be on the disk, whatever the server's default.
    in.exec(
        "SELECT set_config('synchronous_commit', 'on', true)"
        " WHERE current_setting('synchronous_commit') = 'off'");
    plans all = lock(in, turns);
    std::set<turn_key> known = known_turns(in, turns);
    array_text messages[18];
    std::size_t added = 0;
    for (const turn_row& turn : turns) {
        if (turn.messages.empty() || !known.insert(key_of_request(turn)).second) continue;
        const auto position = all.at(key_of(turn)).place(turn, [&](std::int64_t first, std::int64_t end) {
            return is_taken(in, turn, first, end);
        });
        if (!position) continue;
        add_messages(turn, *position, messages);
        ++added;
    }
    if (added == 0) return 0;
    write(in, all);
    run_arrays(in, write_messages, messages);
    return added;
}

}  // namespace

std::size_t conversations::append(std::span<const turn_row> turns) {
    std::size_t added = 0;
    while (!turns.empty()) {
        const auto batch = first_batch(turns);
        added += link_.run(access::writing, "store messages", [&](pqxx::work& in) { return store(in, batch); });
        turns = turns.subspan(batch.size());
    }
    return added;
}

}  // namespace ferry::store::postgres
