#include "store/sqlite/database.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <system_error>

#include "store/sqlite/budgets.hpp"
#include "store/sqlite/calibrations.hpp"
#include "store/sqlite/conversations.hpp"
#include "store/sqlite/keys.hpp"
#include "store/sqlite/limits.hpp"
#include "store/sqlite/migrator.hpp"
#include "store/sqlite/models.hpp"
#include "store/sqlite/people.hpp"
#include "store/sqlite/routes.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/usage.hpp"
#include "store/store_error.hpp"

namespace ferry::store::sqlite {

file_database::file_database(const std::string& path, const store::options& chosen, std::span<const migration> known)
    : options_{std::filesystem::absolute(path).lexically_normal().string(), chosen.busy_timeout}, known_(known) {}

std::unique_ptr<model_store> file_database::models() {
    return std::make_unique<sqlite::models>(options_);
}
std::unique_ptr<key_store> file_database::keys() {
    return std::make_unique<sqlite::keys>(options_);
}
std::unique_ptr<route_store> file_database::routes() {
    return std::make_unique<sqlite::routes>(options_);
}
std::unique_ptr<budget_store> file_database::budgets() {
    return std::make_unique<budgets_table>(options_);
}

std::unique_ptr<limit_store> file_database::limits() {
    return std::make_unique<limits_table>(options_);
}

std::unique_ptr<people_store> file_database::people() {
    return std::make_unique<people_table>(options_);
}
std::unique_ptr<usage_store> file_database::usage() {
    return std::make_unique<sqlite::usage>(options_);
}
std::unique_ptr<conversation_store> file_database::conversations() {
    return std::make_unique<sqlite::conversations>(options_);
}
std::unique_ptr<calibration_store> file_database::calibrations() {
    return std::make_unique<calibration_table>(options_);
}
std::unique_ptr<sql_runner> file_database::sql() {
    return std::make_unique<sqlite::sql>(options_);
}

std::vector<migration_name> file_database::pending_migrations() {
    std::vector<migration_name> all;
    std::error_code failed;
    const bool is_there = std::filesystem::exists(options_.path, failed);
    if (failed) {
        throw store_unavailable("cannot look for the store " + options_.path + ": " + failed.message() +
                                "; run this as the user that Ferry runs as");
    }
    if (!is_there) {
        for (const migration& next : known_) all.push_back({next.version, std::string(next.name)});
        return all;
    }
    connection db(options_);
    return sqlite::pending_migrations(db, known_);
}

std::vector<migration_name> file_database::migrate() {
    connection_options patient = options_;
    patient.busy_timeout = std::max<std::chrono::milliseconds>(patient.busy_timeout, std::chrono::seconds(10));
    connection db(patient);
    return sqlite::apply_migrations(db, known_);
}

std::string file_database::description() const {
    return "sqlite:" + options_.path;
}

}  // namespace ferry::store::sqlite
