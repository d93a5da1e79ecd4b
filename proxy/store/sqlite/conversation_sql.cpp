#include "store/sqlite/conversation_sql.hpp"

namespace ferry::store::sqlite {
namespace {

// Nothing of ?4 is a wildcard, as it would be for LIKE. lower() folds the capitals of ASCII alone, as SQLite's LIKE
// does: a word in other letters is found as it is written.
constexpr const char* holding =
    " AND (instr(lower(title), lower(?4)) > 0 OR EXISTS (SELECT 1 FROM messages"
    " WHERE messages.user_id = conversations.user_id AND messages.conversation_id = conversations.id"
    " AND messages.position >= conversations.first_position AND instr(lower(messages.search_text), lower(?4)) > 0))";

constexpr const char* select_messages =
    "SELECT id, position, role, content, extra, model_id, model_name, finish_reason, end_reason, prompt_tokens,"
    " completion_tokens, request_id, created_at FROM messages"
    " WHERE user_id = ?1 AND conversation_id = ?2";

}  // namespace

std::string list_sql(const page_of& page, bool has_words) {
    std::string sql =
        std::string("SELECT ") + conversation_columns + " FROM conversations WHERE user_id = ?1 AND deleted_at IS NULL";
    if (page.after) sql += page.is_ascending ? " AND (created_at, id) > (?2, ?3)" : " AND (created_at, id) < (?2, ?3)";
    if (has_words) sql += holding;
    return sql + (page.is_ascending ? " ORDER BY created_at, id" : " ORDER BY created_at DESC, id DESC") + " LIMIT ?5";
}

std::string messages_sql(const page_of& page) {
    std::string sql = select_messages;
    // One bound on each side: SQLite begins at one of two on the same side, and reads up to the other.
    const bool goes_on = page.after && page.is_ascending;
    sql += goes_on ? " AND position > max(?3 - 1, ?4)" : " AND position >= ?3";
    if (page.after && !page.is_ascending) sql += " AND position < ?4";
    return sql + (page.is_ascending ? " ORDER BY position" : " ORDER BY position DESC") + " LIMIT ?5";
}

std::string instruction_sql() {
    return std::string(select_messages) +
           " AND position >= ?3 AND position < ?4 AND role IN ('system', 'developer') ORDER BY position DESC LIMIT 1";
}

}  // namespace ferry::store::sqlite
