#include "store/sqlite/conversations.hpp"

#include <algorithm>
#include <limits>

#include "base/time_text.hpp"
#include "store/conversation_columns.hpp"
#include "store/conversation_plan.hpp"
#include "store/sqlite/conversation_sql.hpp"
#include "store/sqlite/row_reader.hpp"

namespace ferry::store::sqlite {
namespace {

std::int64_t limit(std::size_t most) {
    constexpr auto largest = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
    return static_cast<std::int64_t>(std::min(most, largest));
}

conversation_row conversation_of(query& found) {
    conversation_row row;
    std::string unreadable;  // what was tampered with reads as empty, and hides nothing else
    read_row(row_reader(found, unreadable), row);
    return row;
}

std::optional<conversation_row> find_in(connection& db, std::int64_t owner, std::int64_t id) {
    static const std::string sql = std::string("SELECT ") + conversation_columns +
                                   " FROM conversations WHERE user_id = ? AND id = ? AND deleted_at IS NULL";
    query found = db.prepare(sql.c_str());
    found.bind(owner).bind(id);
    if (!found.step()) return std::nullopt;
    return conversation_of(found);
}

struct positions {
    std::int64_t first = 0, next = 0;
    bool is_there = false;
};

std::optional<positions> find_positions(connection& db, std::int64_t owner, std::int64_t id) {
    query found = db.prepare(
        "SELECT first_position, next_position, deleted_at IS NULL FROM conversations WHERE user_id = ? AND id = ?");
    found.bind(owner).bind(id);
    if (!found.step()) return std::nullopt;
    return positions{found.integer(0), found.integer(1), found.integer(2) != 0};
}

// Behind those of `rows`, as long as all of them have no more than `most_bytes`; one at least.
void read_messages(query& found, std::int64_t first_position, std::vector<message_row>& rows,
                   std::size_t most_bytes = std::numeric_limits<std::size_t>::max()) {
    std::string unreadable;
    std::size_t bytes = 0;
    while (bytes < most_bytes && found.step()) {
        message_row row;
        read_row(row_reader(found, unreadable), row, first_position);
        bytes += static_cast<std::size_t>(bytes_of(row));
        if (bytes > most_bytes && !rows.empty()) return;
        rows.push_back(std::move(row));
    }
}

}  // namespace

std::optional<conversation_row> conversations::create(std::int64_t owner, std::int64_t id, const std::string& title,
                                                      std::int64_t now_us) {
    require_title(title);
    const std::string now = time_text(now_us);
    connection& db = link_.get();
    transaction all(db, transaction::intent::writing);
    query insert = db.prepare(
        "INSERT INTO conversations (user_id, id, title, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?4)"
        " ON CONFLICT (user_id, id) DO UPDATE SET title = excluded.title, created_at = excluded.created_at,"
        " updated_at = excluded.updated_at, deleted_at = NULL WHERE deleted_at IS NOT NULL");
    insert.bind(owner).bind(id).bind(title).bind(now).run();
    if (db.changes() == 0) return std::nullopt;
    const auto made = find_in(db, owner, id);
    all.commit();
    return made;
}

std::optional<conversation_row> conversations::find(std::int64_t owner, std::int64_t id) {
    return find_in(link_.get(), owner, id);
}

std::optional<conversation_row> conversations::rename(std::int64_t owner, std::int64_t id, const std::string& title,
                                                      std::int64_t now_us) {
    require_title(title);
    const std::string now = time_text(now_us);
    connection& db = link_.get();
    transaction all(db, transaction::intent::writing);
    query update = db.prepare(
        "UPDATE conversations SET title = ?1, updated_at = max(updated_at, ?2) WHERE user_id = ?3 AND id = ?4"
        " AND deleted_at IS NULL");
    update.bind(title).bind(now).bind(owner).bind(id).run();
    const auto renamed = find_in(db, owner, id);
    all.commit();
    return renamed;
}

bool conversations::remove(std::int64_t owner, std::int64_t id, std::int64_t now_us) {
    const std::string now = time_text(now_us);
    connection& db = link_.get();
    query update = db.prepare(
        "UPDATE conversations SET title = '', deleted_at = ?1, last_deleted_at = ?1,"
        " leftover_since = coalesce(leftover_since, ?1), first_position = next_position, gaps = 0"
        " WHERE user_id = ?2 AND id = ?3 AND deleted_at IS NULL");
    update.bind(now).bind(owner).bind(id).run();
    return db.changes() == 1;
}

std::optional<std::vector<conversation_row>> conversations::list(std::int64_t owner, const page_of& page,
                                                                 const std::string& words) {
    connection& db = link_.get();
    transaction view(db, transaction::intent::reading);
    std::string created_at;
    if (page.after) {
        query mark =
            db.prepare("SELECT created_at FROM conversations WHERE user_id = ? AND id = ? AND deleted_at IS NULL");
        mark.bind(owner).bind(*page.after);
        if (!mark.step()) return std::nullopt;
        created_at = mark.text(0);
    }
    std::vector<conversation_row> rows;
    if (!may_be_found(words)) return rows;
    query found = db.prepare_once(list_sql(page, !words.empty()));
    found.bind(owner).bind(created_at).bind(page.after).bind(words).bind(limit(page.most));
    while (found.step()) rows.push_back(conversation_of(found));
    return rows;
}

std::optional<std::vector<message_row>> conversations::messages(std::int64_t owner, std::int64_t id,
                                                                const page_of& page) {
    connection& db = link_.get();
    transaction view(db, transaction::intent::reading);
    const auto at = find_positions(db, owner, id);
    if (!at || !at->is_there) return std::nullopt;
    std::int64_t behind = 0;
    if (page.after) {
        query mark = db.prepare(
            "SELECT position FROM messages WHERE id = ? AND user_id = ? AND conversation_id = ? AND position >= ?");
        mark.bind(*page.after).bind(owner).bind(id).bind(at->first);
        if (!mark.step()) return std::nullopt;
        behind = mark.integer(0);
    }
    query found = db.prepare_once(messages_sql(page));
    found.bind(owner).bind(id).bind(at->first).bind(behind).bind(limit(page.most));
    std::vector<message_row> rows;
    read_messages(found, at->first, rows, most_page_bytes);
    return rows;
}

conversation_store::tail_of conversations::tail(std::int64_t owner, std::int64_t id, std::size_t most,
                                                std::size_t most_bytes) {
    connection& db = link_.get();
    transaction view(db, transaction::intent::reading);
    tail_of tail;
    const auto at = find_positions(db, owner, id);
    if (!at) return tail;
    tail.next_position = at->next;
    if (!at->is_there) return tail;
    std::vector<message_place> places;
    {
        query backwards = db.prepare(tail_places_sql);
        backwards.bind(owner).bind(id).bind(at->first).bind(limit(most));
        while (backwards.step()) places.push_back({backwards.integer(0), backwards.integer(1)});
    }
    if (places.empty()) return tail;
    const page_of all{.most = most, .after = std::nullopt, .is_ascending = true};
    query found = db.prepare_once(messages_sql(all));
    const std::int64_t from = first_of_tail(places, most_bytes);
    query instruction = db.prepare_once(instruction_sql());
    instruction.bind(owner).bind(id).bind(at->first).bind(from);
    read_messages(instruction, at->first, tail.messages);
    found.bind(owner).bind(id).bind(from).bind(0).bind(limit(most));
    read_messages(found, at->first, tail.messages);
    return tail;
}

}  // namespace ferry::store::sqlite
