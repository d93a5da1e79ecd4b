#include "store/postgres/conversation_sql.hpp"

#include <algorithm>
#include <limits>

#include "base/time_text.hpp"
#include "store/postgres/row_reader.hpp"

namespace ferry::store::postgres {
namespace {

std::string limit(std::size_t most) {
    constexpr auto largest = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
    return " LIMIT " + std::to_string(std::min(most, largest));
}

// By lower(): the server folds the capitals of all scripts that its locale knows, and nothing of `words` is a wildcard.
std::string holding(const std::string& words) {
    const auto has = [&words](const char* column) {
        return std::string("strpos(lower(") + column + "), lower(" + words + ")) > 0";
    };
    return " AND (" + has("title") +
           " OR EXISTS (SELECT 1 FROM messages WHERE messages.user_id = conversations.user_id"
           " AND messages.conversation_id = conversations.id AND messages.position >= conversations.first_position"
           " AND " +
           has("messages.search_text") + "))";
}

std::string message_columns() {
    return "id, position, role, content, extra, model_id, model_name, finish_reason, end_reason, prompt_tokens,"
           " completion_tokens, request_id, " +
           time_column("created_at");
}

std::string page_sql(std::int64_t owner, std::int64_t id, const page_of& page, std::int64_t first,
                     std::optional<std::int64_t> behind) {
    std::string sql = " FROM messages" + of_conversation(owner, id) + " AND position >= " + std::to_string(first);
    if (behind) sql += (page.is_ascending ? " AND position > " : " AND position < ") + std::to_string(*behind);
    return sql + (page.is_ascending ? " ORDER BY position" : " ORDER BY position DESC") + limit(page.most);
}

}  // namespace

const std::string& conversation_columns() {
    static const std::string columns = "user_id, id, title, " + time_column("created_at") + ", " +
                                       time_column("updated_at") + ", next_position - first_position - gaps";
    return columns;
}

std::string time_literal(std::int64_t epoch_us) {
    return "'" + time_text(epoch_us) + "+00'::timestamptz";
}

std::string of_conversation(std::int64_t owner, std::int64_t id) {
    return " WHERE user_id = " + std::to_string(owner) + " AND conversation_id = " + std::to_string(id);
}

std::string list_sql(std::int64_t owner, const page_of& page, std::int64_t created_at_us, const std::string& words) {
    std::string sql = "SELECT " + conversation_columns() +
                      " FROM conversations WHERE user_id = " + std::to_string(owner) + " AND deleted_at IS NULL";
    if (page.after) {
        sql += std::string(" AND (conversations.created_at, id) ") + (page.is_ascending ? "> (" : "< (") +
               time_literal(created_at_us) + ", " + std::to_string(*page.after) + ")";
    }
    if (!words.empty()) sql += holding(words);
    // With the table's name: the column of the answer, which is text, has the same one.
    sql += page.is_ascending ? " ORDER BY conversations.created_at, id"
                             : " ORDER BY conversations.created_at DESC, id DESC";
    return sql + limit(page.most);
}

std::string messages_sql(std::int64_t owner, std::int64_t id, const page_of& page, std::int64_t first,
                         std::optional<std::int64_t> behind) {
    return "SELECT " + message_columns() + page_sql(owner, id, page, first, behind);
}

std::string sizes_sql(std::int64_t owner, std::int64_t id, const page_of& page, std::int64_t first,
                      std::optional<std::int64_t> behind) {
    return "SELECT bytes" + page_sql(owner, id, page, first, behind);
}

std::string instruction_sql(std::int64_t owner, std::int64_t id, std::int64_t first, std::int64_t before) {
    return "SELECT " + message_columns() + " FROM messages" + of_conversation(owner, id) +
           " AND position >= " + std::to_string(first) + " AND position < " + std::to_string(before) +
           " AND role IN ('system', 'developer') ORDER BY position DESC LIMIT 1";
}

std::string tail_places_sql(std::int64_t owner, std::int64_t id, std::int64_t first, std::size_t most) {
    return "SELECT position, bytes FROM messages" + of_conversation(owner, id) +
           " AND position >= " + std::to_string(first) + " ORDER BY position DESC" + limit(most);
}

}  // namespace ferry::store::postgres
