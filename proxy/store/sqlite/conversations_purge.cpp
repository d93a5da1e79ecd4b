#include "base/time_text.hpp"
#include "store/conversation_plan.hpp"
#include "store/sqlite/conversations.hpp"

namespace ferry::store::sqlite {
namespace {

struct leftover {
    conversation_key key;
    std::int64_t first_position = 0;
};

std::vector<leftover> find_leftovers(connection& db, const std::string& before) {
    query found = db.prepare(
        "SELECT user_id, id, first_position FROM conversations WHERE leftover_since < ? ORDER BY leftover_since"
        " LIMIT ?");
    found.bind(before).bind(most_purged);
    std::vector<leftover> all;
    while (found.step()) all.push_back({{found.integer(0), found.integer(1)}, found.integer(2)});
    return all;
}

// Takes away the removed messages that the budget pays for; false if some are left.
bool forget_messages(connection& db, const leftover& of, purge_budget& budget) {
    const std::size_t most = budget.messages();
    if (most == 0) return false;
    std::vector<message_place> places;
    {
        query found = db.prepare(
            "SELECT position, bytes FROM messages WHERE user_id = ? AND conversation_id = ? AND position < ?"
            " ORDER BY position LIMIT ?");
        found.bind(of.key.first).bind(of.key.second).bind(of.first_position).bind(static_cast<std::int64_t>(most));
        while (found.step()) places.push_back({found.integer(0), found.integer(1)});
    }
    if (places.empty()) return true;
    const std::size_t paid = budget.spend(places);
    query forget = db.prepare("DELETE FROM messages WHERE user_id = ? AND conversation_id = ? AND position <= ?");
    forget.bind(of.key.first).bind(of.key.second).bind(places[paid - 1].position).run();
    return paid == places.size() && paid < most;
}

// What is there again, or was removed again later, stays.
void forget_conversation(connection& db, const conversation_key& key, const std::string& before) {
    query gone = db.prepare("DELETE FROM conversations WHERE user_id = ? AND id = ? AND deleted_at < ?");
    gone.bind(key.first).bind(key.second).bind(before).run();
    if (db.changes() != 0) return;
    query later = db.prepare("UPDATE conversations SET leftover_since = deleted_at WHERE user_id = ? AND id = ?");
    later.bind(key.first).bind(key.second).run();
}

}  // namespace

bool conversations::purge(std::int64_t before_us) {
    const std::string before = time_text(before_us);
    connection& db = link_.get();
    transaction step(db, transaction::intent::writing);
    const auto found = find_leftovers(db, before);
    purge_budget budget;
    for (const leftover& one : found) {
        if (!forget_messages(db, one, budget)) break;
        forget_conversation(db, one.key, before);
    }
    step.commit();
    return !found.empty();
}

}  // namespace ferry::store::sqlite
