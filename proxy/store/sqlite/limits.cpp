#include "store/sqlite/limits.hpp"

#include "store/limit_sql.hpp"

namespace ferry::store::sqlite {
namespace {

const std::string age_of_use = "((julianday('now') - julianday(updated_at)) * 86400.0)";

void tell_use(connection& db, const std::string& instance, const limit_use_row& row) {
    query tell = db.prepare(
        "INSERT OR REPLACE INTO limit_use (party, party_id, instance_id, updated_at, minute_requests, minute_tokens,"
        " day_requests, day_tokens, parallel, minute_requests_share, minute_tokens_share, day_requests_share,"
        " day_tokens_share, parallel_share)"
        " VALUES (?, ?, ?, strftime('%Y-%m-%d %H:%M:%f', 'now'), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    tell.bind(row.party).bind(row.party_id).bind(instance).bind(row.minute_requests).bind(row.minute_tokens);
    tell.bind(row.day_requests).bind(row.day_tokens).bind(row.parallel);
    for (const auto share : row.shares) tell.bind(share);
    tell.run();
}

void read_use(query& found, std::vector<limit_use_row>& into) {
    while (found.step()) {
        into.push_back({found.text(0),
                        found.integer(1),
                        found.integer(2),
                        found.integer(3),
                        found.integer(4),
                        found.integer(5),
                        found.integer(6),
                        {}});
    }
}

}  // namespace

void limits_table::exchange(const std::string& instance, std::span<const limit_use_row> asked,
                            const limit_decision& decide) {
    static const std::string of_others = select_use_of_others(age_of_use, "?1", "party = ?2 AND party_id = ?3");
    static const std::string replicas = select_replicas(age_of_use, "?1");
    connection& db = link_.get();
    transaction all(db, transaction::intent::writing);
    limits_of_others told;
    for (const auto& row : asked) {
        query found = db.prepare(of_others.c_str());
        found.bind(instance).bind(row.party).bind(row.party_id);
        read_use(found, told.used);
    }
    {
        query found = db.prepare(replicas.c_str());
        found.bind(instance).step();
        told.replicas = static_cast<int>(found.integer(0)) + 1;
        told.rank = static_cast<int>(found.integer(1));
    }
    for (const auto& row : decide(told)) tell_use(db, instance, row);
    all.commit();
}

std::vector<limit_use_row> limits_table::used() {
    std::vector<limit_use_row> all;
    query found = link_.get().prepare_once(select_use(age_of_use, false, ""));
    read_use(found, all);
    return all;
}

void limits_table::forget_old_use() {
    link_.get().execute("DELETE FROM limit_use WHERE " + age_of_use + " > 86400");
}

}  // namespace ferry::store::sqlite
