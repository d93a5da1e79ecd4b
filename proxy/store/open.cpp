#include <string_view>

#include "store/database.hpp"
#include "store/migration.hpp"
#include "store/sqlite/database.hpp"
#include "store/store_error.hpp"

namespace ferry::store {

std::unique_ptr<database> open(const options& chosen) {
    constexpr std::string_view sqlite_scheme = "sqlite:";
    if (!chosen.url.starts_with(sqlite_scheme) || chosen.url.size() == sqlite_scheme.size()) {
        // The url is not repeated: it may hold a password.
        throw store_error("store.url must be `sqlite:` and the path of a file, such as sqlite:var/ferry.db");
    }
    return std::make_unique<sqlite::file_database>(chosen.url.substr(sqlite_scheme.size()), chosen,
                                                   sqlite_migrations());
}

std::vector<migration_name> prepare(database& db, const options& chosen) {
    if (chosen.auto_migrate) return db.migrate();
    if (!db.pending_migrations().empty()) {
        throw store_error("the schema of " + db.description() +
                          " is not up to date; run `ferry migrate`, or set store.auto_migrate");
    }
    return {};
}

}  // namespace ferry::store
