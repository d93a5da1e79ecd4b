#include "store/sqlite/migrator.hpp"

#include <string>

#include "store/migration_plan.hpp"
#include "store/store_error.hpp"

namespace ferry::store::sqlite {
namespace {

applied_migrations read_applied(connection& db) {
    applied_migrations found;
    {
        query table = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'");
        if (!table.step()) return found;
    }
    query rows = db.prepare("SELECT version, name, checksum FROM schema_migrations");
    while (rows.step()) found.emplace(rows.integer(0), applied_migration{rows.text(1), rows.text(2)});
    return found;
}

void apply(connection& db, const migration& next) {
    try {
        db.execute(std::string(next.sql));
    } catch (const store_error& error) {
        throw store_error("migration " + migration_title(next.version, next.name) +
                          " failed and was undone: " + error.what());
    }
    query record =
        db.prepare("INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (?, ?, ?, now())");
    record.bind(next.version).bind(next.name).bind(next.checksum).run();
}

}  // namespace

std::vector<migration_name> pending_migrations(connection& db, std::span<const migration> known) {
    const auto done = read_applied(db);
    require_compatible(done, known);
    return missing_migrations(done, known);
}

std::vector<migration_name> apply_migrations(connection& db, std::span<const migration> known) {
    std::vector<migration_name> names;
    if (pending_migrations(db, known).empty()) return names;
    for (const migration& next : known) {
        transaction one(db, transaction::intent::writing);
        db.execute(
            "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL,"
            " checksum TEXT NOT NULL, applied_at TEXT NOT NULL)");
        const auto done = read_applied(db);  // again: now nobody else can be at it
        require_compatible(done, known);
        if (done.contains(next.version)) continue;
        apply(db, next);
        one.commit();
        names.push_back({next.version, std::string(next.name)});
    }
    return names;
}

}  // namespace ferry::store::sqlite
