#include "store/postgres/conversations.hpp"

#include <algorithm>
#include <iterator>

#include "base/time_text.hpp"
#include "store/conversation_columns.hpp"
#include "store/conversation_plan.hpp"
#include "store/postgres/conversation_sql.hpp"
#include "store/postgres/row_reader.hpp"

namespace ferry::store::postgres {
namespace {

std::string one(std::int64_t owner, std::int64_t id) {
    return " WHERE user_id = " + std::to_string(owner) + " AND id = " + std::to_string(id);
}

std::string one_that_is_there(std::int64_t owner, std::int64_t id) {
    return one(owner, id) + " AND deleted_at IS NULL";
}

conversation_row conversation_of(const pqxx::row& found) {
    conversation_row row;
    std::string unreadable;  // what was tampered with reads as empty, and hides nothing else
    read_row(row_reader(found, unreadable), row);
    return row;
}

std::optional<conversation_row> first_of(const pqxx::result& found) {
    if (found.empty()) return std::nullopt;
    return conversation_of(found[0]);
}

std::vector<message_row> messages_of(const pqxx::result& found, std::int64_t first_position) {
    std::vector<message_row> rows(found.size());
    std::string unreadable;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const pqxx::row line = found[static_cast<pqxx::result::size_type>(i)];
        read_row(row_reader(line, unreadable), rows[i], first_position);
    }
    return rows;
}

std::size_t fitting_into_page(const pqxx::result& sizes) {
    std::size_t count = 0, bytes = 0;
    for (const auto& line : sizes) {
        bytes += line[0].as<std::size_t>();
        if (count > 0 && bytes > most_page_bytes) break;
        ++count;
    }
    return count;
}

}  // namespace

std::optional<conversation_row> conversations::create(std::int64_t owner, std::int64_t id, const std::string& title,
                                                      std::int64_t now_us) {
    require_title(title);
    const std::string now = time_literal(now_us);
    return link_.run(access::writing, "make the conversation", [&](pqxx::work& in) {
        return first_of(in.exec("INSERT INTO conversations (user_id, id, title, created_at, updated_at) VALUES (" +
                                std::to_string(owner) + ", " + std::to_string(id) + ", " + in.quote(title) + ", " +
                                now + ", " + now +
                                ") ON CONFLICT (user_id, id) DO UPDATE SET title = EXCLUDED.title, created_at ="
                                " EXCLUDED.created_at, updated_at = EXCLUDED.updated_at, deleted_at = NULL"
                                " WHERE conversations.deleted_at IS NOT NULL RETURNING " +
                                conversation_columns()));
    });
}

std::optional<conversation_row> conversations::find(std::int64_t owner, std::int64_t id) {
    return link_.run(access::reading, "read the conversation", [&](pqxx::work& in) {
        return first_of(
            in.exec("SELECT " + conversation_columns() + " FROM conversations" + one_that_is_there(owner, id)));
    });
}

std::optional<conversation_row> conversations::rename(std::int64_t owner, std::int64_t id, const std::string& title,
                                                      std::int64_t now_us) {
    require_title(title);
    return link_.run(access::writing, "rename the conversation", [&](pqxx::work& in) {
        return first_of(in.exec("UPDATE conversations SET title = " + in.quote(title) +
                                ", updated_at = greatest(updated_at, " + time_literal(now_us) + ")" +
                                one_that_is_there(owner, id) + " RETURNING " + conversation_columns()));
    });
}

bool conversations::remove(std::int64_t owner, std::int64_t id, std::int64_t now_us) {
    const std::string now = time_literal(now_us);
    return link_.run(access::writing, "remove the conversation", [&](pqxx::work& in) {
        return in.exec("UPDATE conversations SET title = '', deleted_at = " + now + ", last_deleted_at = " + now +
                       ", leftover_since = coalesce(leftover_since, " + now +
                       "), first_position = next_position, gaps = 0" + one_that_is_there(owner, id))
                   .affected_rows() == 1;
    });
}

std::optional<std::vector<conversation_row>> conversations::list(std::int64_t owner, const page_of& page,
                                                                 const std::string& words) {
    using found_rows = std::optional<std::vector<conversation_row>>;
    return link_.run(access::reading, "list conversations", [&](pqxx::work& in) -> found_rows {
        std::int64_t created_at_us = 0;
        if (page.after) {
            const auto mark = in.exec("SELECT " + time_column("created_at") + " FROM conversations" +
                                      one_that_is_there(owner, *page.after));
            if (mark.empty()) return std::nullopt;
            created_at_us = parse_time(mark[0][0].c_str()).value_or(0);
        }
        found_rows rows(std::in_place);
        if (!may_be_found(words)) return rows;
        for (const auto& line : in.exec(list_sql(owner, page, created_at_us, words.empty() ? "" : in.quote(words))))
            rows->push_back(conversation_of(line));
        return rows;
    });
}

std::optional<std::vector<message_row>> conversations::messages(std::int64_t owner, std::int64_t id,
                                                                const page_of& page) {
    using found_rows = std::optional<std::vector<message_row>>;
    return link_.run(access::reading, "read messages", [&](pqxx::work& in) -> found_rows {
        const auto there = in.exec("SELECT first_position FROM conversations" + one_that_is_there(owner, id));
        if (there.empty()) return std::nullopt;
        const auto first = there[0][0].as<std::int64_t>();
        std::optional<std::int64_t> behind;
        if (page.after) {
            const auto mark = in.exec("SELECT position FROM messages" + of_conversation(owner, id) + " AND id = " +
                                      std::to_string(*page.after) + " AND position >= " + std::to_string(first));
            if (mark.empty()) return std::nullopt;
            behind = mark[0][0].as<std::int64_t>();
        }
        auto fitting = page;
        fitting.most = fitting_into_page(in.exec(sizes_sql(owner, id, page, first, behind)));
        return messages_of(in.exec(messages_sql(owner, id, fitting, first, behind)), first);
    });
}

conversation_store::tail_of conversations::tail(std::int64_t owner, std::int64_t id, std::size_t most,
                                                std::size_t most_bytes) {
    return link_.run(access::reading, "read the last messages", [&](pqxx::work& in) {
        tail_of tail;
        const auto there =
            in.exec("SELECT first_position, next_position, deleted_at IS NULL FROM conversations" + one(owner, id));
        if (there.empty()) return tail;
        tail.next_position = there[0][1].as<std::int64_t>();
        if (!there[0][2].as<bool>()) return tail;
        const auto first = there[0][0].as<std::int64_t>();
        std::vector<message_place> places;
        for (const auto& line : in.exec(tail_places_sql(owner, id, first, most)))
            places.push_back({line[0].as<std::int64_t>(), line[1].as<std::int64_t>()});
        if (places.empty()) return tail;
        const page_of all{.most = most, .after = std::nullopt, .is_ascending = true};
        const std::int64_t from = first_of_tail(places, most_bytes);
        tail.messages = messages_of(in.exec(instruction_sql(owner, id, first, from)), first);
        auto last = messages_of(in.exec(messages_sql(owner, id, all, from, std::nullopt)), first);
        std::move(last.begin(), last.end(), std::back_inserter(tail.messages));
        return tail;
    });
}

}  // namespace ferry::store::postgres
