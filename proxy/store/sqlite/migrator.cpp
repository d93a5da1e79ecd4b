#include "store/sqlite/migrator.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "store/store_error.hpp"

namespace ferry::store::sqlite {
namespace {

struct applied {
    std::string name;
    std::string checksum;
};

std::map<std::int64_t, applied> read_applied(connection& db) {
    std::map<std::int64_t, applied> found;
    {
        query table = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'");
        if (!table.step()) return found;
    }
    query rows = db.prepare("SELECT version, name, checksum FROM schema_migrations");
    while (rows.step()) found.emplace(rows.integer(0), applied{rows.text(1), rows.text(2)});
    return found;
}

std::string title(std::int64_t version, std::string_view name) {
    std::string number = std::to_string(version);
    number.insert(0, number.size() < 4 ? 4 - number.size() : 0, '0');
    return number.append("_").append(name);
}

void require_compatible(const std::map<std::int64_t, applied>& done, std::span<const migration> known) {
    for (const auto& [version, what] : done) {
        const auto same = std::find_if(known.begin(), known.end(),
                                       [v = version](const migration& candidate) { return candidate.version == v; });
        if (same == known.end()) {
            throw store_error("the store's schema is newer than this program: it has migration " +
                              title(version, what.name) + ", which this program does not know; use a newer ferry");
        }
        if (same->checksum != what.checksum) {
            throw store_error("the migration " + title(version, what.name) +
                              " is not the one that was applied to the store; a migration must not be edited after it "
                              "was applied: restore the file and put the change into a new migration");
        }
    }
}

std::vector<const migration*> missing(const std::map<std::int64_t, applied>& done, std::span<const migration> known) {
    std::vector<const migration*> found;
    for (const migration& candidate : known) {
        if (!done.contains(candidate.version)) found.push_back(&candidate);
    }
    return found;
}

void apply(connection& db, const migration& next) {
    try {
        db.execute(std::string(next.sql));
    } catch (const store_error& error) {
        throw store_error("migration " + title(next.version, next.name) + " failed and was undone: " + error.what());
    }
    query record =
        db.prepare("INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (?, ?, ?, now())");
    record.bind(next.version).bind(next.name).bind(next.checksum).run();
}

}  // namespace

std::vector<migration_name> pending_migrations(connection& db, std::span<const migration> known) {
    const auto done = read_applied(db);
    require_compatible(done, known);
    std::vector<migration_name> names;
    for (const migration* next : missing(done, known)) names.push_back({next->version, std::string(next->name)});
    return names;
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
