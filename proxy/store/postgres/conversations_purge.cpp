#include "store/conversation_plan.hpp"
#include "store/postgres/conversation_sql.hpp"
#include "store/postgres/conversations.hpp"

namespace ferry::store::postgres {
namespace {

// Takes away the messages below `first` that the budget pays for; false if some are left.
bool forget_messages(pqxx::work& in, const std::string& conversation, const std::string& first, purge_budget& budget) {
    const std::size_t most = budget.messages();
    if (most == 0) return false;
    std::vector<message_place> places;
    for (const auto& line : in.exec("SELECT position, bytes FROM messages" + conversation + " AND position < " + first +
                                    " ORDER BY position LIMIT " + std::to_string(most)))
        places.push_back({line[0].as<std::int64_t>(), line[1].as<std::int64_t>()});
    if (places.empty()) return true;
    const std::size_t paid = budget.spend(places);
    in.exec("DELETE FROM messages" + conversation + " AND position <= " + std::to_string(places[paid - 1].position));
    return paid == places.size() && paid < most;
}

// What is there again, or was removed again later, stays.
void forget_conversation(pqxx::work& in, const std::string& key, const std::string& before) {
    const auto gone = in.exec("DELETE FROM conversations" + key + " AND deleted_at < " + before);
    if (gone.affected_rows() == 0) in.exec("UPDATE conversations SET leftover_since = deleted_at" + key);
}

}  // namespace

// Several programs may be at it, and others add turns meanwhile: what somebody has a lock on is left for another time,
// so nobody waits here.
bool conversations::purge(std::int64_t before_us) {
    const std::string before = time_literal(before_us);
    return link_.run(access::writing, "purge removed conversations", [&](pqxx::work& in) {
        const auto found =
            in.exec("SELECT user_id, id, first_position FROM conversations WHERE leftover_since < " + before +
                    " ORDER BY leftover_since LIMIT " + std::to_string(most_purged) + " FOR UPDATE SKIP LOCKED");
        purge_budget budget;
        for (const auto& line : found) {
            const auto owner = line[0].as<std::int64_t>(), id = line[1].as<std::int64_t>();
            if (!forget_messages(in, of_conversation(owner, id), line[2].c_str(), budget)) break;
            const std::string key = " WHERE user_id = " + std::to_string(owner) + " AND id = " + std::to_string(id);
            forget_conversation(in, key, before);
        }
        return !found.empty();
    });
}

}  // namespace ferry::store::postgres
