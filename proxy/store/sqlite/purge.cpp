#include <string>

#include "base/time_text.hpp"
#include "store/request_time.hpp"
#include "store/sqlite/usage.hpp"

namespace ferry::store::sqlite {
namespace {

// So that a request's row waits no longer than some milliseconds for the write lock.
constexpr int purged_at_once = 500;

constexpr const char* forget_rows =
    "DELETE FROM usage_records WHERE (request_id, started_at) IN (SELECT request_id, started_at FROM usage_records"
    " WHERE request_id < ? AND started_at < ? ORDER BY request_id LIMIT ?)";
constexpr const char* forget_attempts =
    "DELETE FROM usage_attempts WHERE (request_id, started_at, attempt) IN (SELECT request_id, started_at, attempt"
    " FROM usage_attempts WHERE request_id < ? AND started_at < ? ORDER BY request_id LIMIT ?)";

bool forget(connection& db, const char* sql, const std::string& last_id, const std::string& before) {
    query forgetting = db.prepare(sql);
    forgetting.bind(last_id).bind(before).bind(purged_at_once).run();
    return db.changes() == purged_at_once;
}

}  // namespace

bool usage::purge(std::int64_t before_us) {
    const std::string last_id = last_id_of(before_us), before = time_text(before_us);
    connection& db = link_.get();
    transaction step(db, transaction::intent::writing);
    const bool has_more_attempts = forget(db, forget_attempts, last_id, before);
    const bool has_more_rows = forget(db, forget_rows, last_id, before);
    step.commit();
    return has_more_rows || has_more_attempts;
}

// What tells lines apart stays: there is little of it, and a line's number must not come back as another's.
bool usage::purge_sums(std::int64_t before_us) {
    connection& db = link_.get();
    transaction step(db, transaction::intent::writing);
    query forgetting = db.prepare(
        "DELETE FROM usage_hour_sums WHERE id IN (SELECT id FROM usage_hour_sums WHERE id < ? ORDER BY id LIMIT ?)");
    forgetting.bind(first_sum_of(before_us)).bind(purged_at_once).run();
    const bool has_more = db.changes() == purged_at_once;
    step.commit();
    return has_more;
}

}  // namespace ferry::store::sqlite
