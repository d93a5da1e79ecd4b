#include <string_view>

#include "store/database.hpp"
#include "store/migration.hpp"
#include "store/postgres/address.hpp"
#include "store/postgres/database.hpp"
#include "store/sqlite/database.hpp"
#include "store/store_error.hpp"

namespace ferry::store {

bool is_server_url(std::string_view url) {
    return postgres::is_postgres_url(url);
}

std::string check_server_url(const std::string& url) {
    try {
        postgres::address_of(url);
        return {};
    } catch (const store_error& error) {
        return error.what();
    }
}

std::unique_ptr<database> open(const options& chosen) {
    constexpr std::string_view sqlite_scheme = "sqlite:";
    if (is_server_url(chosen.url)) {
        return std::make_unique<postgres::server_database>(chosen, postgres_migrations());
    }
    if (chosen.url.starts_with(sqlite_scheme) && chosen.url.size() > sqlite_scheme.size()) {
        return std::make_unique<sqlite::file_database>(chosen.url.substr(sqlite_scheme.size()), chosen,
                                                       sqlite_migrations());
    }
    // The url is not repeated: it may hold a password.
    throw store_error(
        "store.url must be `sqlite:` and the path of a file, such as sqlite:var/ferry.db, or the address of a "
        "PostgreSQL database, such as postgres://USER@HOST/DATABASE");
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
