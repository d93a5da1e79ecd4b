#include <string>

#include "base/time_text.hpp"
#include "store/postgres/usage.hpp"

namespace ferry::store::postgres {
namespace {

// The oldest month that has a partition and is over. Other partitions, which somebody may have made, are left alone.
std::string oldest_partition(pqxx::work& in, const std::string& before) {
    const auto found = in.exec(
        "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
        " JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE i.inhparent IN ('usage_records'::regclass, 'usage_attempts'::regclass)"
        " AND c.relname ~ '^usage_(records|attempts)_[0-9]{4}_[0-9]{2}$'"
        " AND to_date(right(c.relname, 7), 'YYYY_MM') < '" +
        before + "'::timestamp ORDER BY right(c.relname, 7), c.relname LIMIT 1");
    return found.empty() ? std::string() : found[0][0].c_str();
}

constexpr int rows_at_once = 5000;

// Rows that came when their month had no partition.
bool forget_in_default(pqxx::work& in, const std::string& table, const std::string& before) {
    const auto done =
        in.exec("DELETE FROM " + table + "_default WHERE ctid = ANY (ARRAY(SELECT ctid FROM " + table +
                "_default WHERE started_at < '" + before + "+00' LIMIT " + std::to_string(rows_at_once) + "))");
    return done.affected_rows() == rows_at_once;
}

}  // namespace

// Several programs may be at it; the second one finds nothing to drop.
bool usage::purge(std::int64_t before_us) {
    const std::string before = time_text(before_us);
    return link_.run(access::writing, "drop usage rows of old months", [&](pqxx::work& in) {
        in.exec("SELECT pg_advisory_xact_lock(hashtext('ferry_make_partitions'))");
        const std::string oldest = oldest_partition(in, before);
        if (!oldest.empty()) {
            in.exec("DROP TABLE " + oldest);
            return true;
        }
        const bool has_more_attempts = forget_in_default(in, "usage_attempts", before);
        const bool has_more_rows = forget_in_default(in, "usage_records", before);
        return has_more_rows || has_more_attempts;
    });
}

// Several programs may be at it: who finds the hour locked leaves it to the other.
bool usage::purge_sums(std::int64_t before_us) {
    constexpr std::size_t to_minutes = 16;
    const std::string before = time_text(before_us).substr(0, to_minutes);
    return link_.run(access::writing, "drop the sums of an old hour", [&](pqxx::work& in) {
        const auto done = in.exec(
            "DELETE FROM usage_hourly WHERE ctid = ANY (ARRAY(SELECT ctid FROM usage_hourly WHERE hour ="
            " (SELECT min(hour) FROM usage_hourly WHERE hour < '" +
            before + "') FOR UPDATE SKIP LOCKED))");
        return done.affected_rows() > 0;
    });
}

}  // namespace ferry::store::postgres
