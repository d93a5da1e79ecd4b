#include "store/postgres/migrator.hpp"

#include "store/migration_plan.hpp"
#include "store/store_error.hpp"

namespace ferry::store::postgres {
namespace {

// Any number that nobody else uses: whoever migrates a database holds it.
constexpr const char* take_turns = "SELECT pg_advisory_xact_lock(7310297402815309921)";

applied_migrations read_applied(pqxx::work& in) {
    applied_migrations found;
    if (in.exec("SELECT to_regclass('schema_migrations')")[0][0].is_null()) return found;
    for (const auto& row : in.exec("SELECT version, name, checksum FROM schema_migrations")) {
        found.emplace(row[0].as<std::int64_t>(), applied_migration{row[1].c_str(), row[2].c_str()});
    }
    return found;
}

void apply(pqxx::work& in, const migration& next) {
    try {
        in.exec(std::string(next.sql));
    } catch (const pqxx::sql_error& error) {
        throw store_error("migration " + migration_title(next.version, next.name) +
                          " failed and was undone: " + error.what());
    }
    in.exec("INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (" +
            std::to_string(next.version) + ", " + in.quote(std::string(next.name)) + ", " +
            in.quote(std::string(next.checksum)) + ", CURRENT_TIMESTAMP)");
}

bool apply_if_missing(pqxx::work& in, const migration& next, std::span<const migration> known) {
    in.exec("SET LOCAL lock_timeout = 0");  // who migrates waits for who migrates, however long that takes
    in.exec(take_turns);
    in.exec(
        "CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT PRIMARY KEY, name TEXT NOT NULL,"
        " checksum TEXT NOT NULL, applied_at TIMESTAMPTZ NOT NULL)");
    const auto done = read_applied(in);  // again: now nobody else can be at it
    require_compatible(done, known);
    if (done.contains(next.version)) return false;
    apply(in, next);
    return true;
}

}  // namespace

std::vector<migration_name> pending_migrations(link& to, std::span<const migration> known) {
    const auto done = to.run(access::reading, "read the schema's version", read_applied);
    require_compatible(done, known);
    return missing_migrations(done, known);
}

std::vector<migration_name> apply_migrations(link& to, std::span<const migration> known) {
    std::vector<migration_name> names;
    if (pending_migrations(to, known).empty()) return names;
    for (const migration& next : known) {
        const bool was_missing = to.run_patiently(access::writing, "bring the schema up to date",
                                                  [&](pqxx::work& in) { return apply_if_missing(in, next, known); });
        if (was_missing) names.push_back({next.version, std::string(next.name)});
    }
    return names;
}

}  // namespace ferry::store::postgres
