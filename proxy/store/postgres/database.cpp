#include "store/postgres/database.hpp"

#include "base/log.hpp"
#include "store/postgres/budgets.hpp"
#include "store/postgres/calibrations.hpp"
#include "store/postgres/conversations.hpp"
#include "store/postgres/keys.hpp"
#include "store/postgres/limits.hpp"
#include "store/postgres/migrator.hpp"
#include "store/postgres/models.hpp"
#include "store/postgres/notification_watch.hpp"
#include "store/postgres/partitions.hpp"
#include "store/postgres/people.hpp"
#include "store/postgres/routes.hpp"
#include "store/postgres/sql.hpp"
#include "store/postgres/usage.hpp"
#include "store/store_error.hpp"

namespace ferry::store::postgres {

server_database::server_database(const options& chosen, std::span<const migration> known)
    : place_(std::make_shared<place>(address_of(chosen.url), chosen.busy_timeout, chosen.call_timeout)),
      known_(known) {}

std::unique_ptr<model_store> server_database::models() {
    return std::make_unique<postgres::models>(place_);
}
std::unique_ptr<key_store> server_database::keys() {
    return std::make_unique<postgres::keys>(place_);
}
std::unique_ptr<route_store> server_database::routes() {
    return std::make_unique<postgres::routes>(place_);
}
std::unique_ptr<budget_store> server_database::budgets() {
    return std::make_unique<budgets_table>(place_);
}

std::unique_ptr<limit_store> server_database::limits() {
    return std::make_unique<limits_table>(place_);
}

std::unique_ptr<people_store> server_database::people() {
    return std::make_unique<people_table>(place_);
}
std::unique_ptr<usage_store> server_database::usage() {
    return std::make_unique<postgres::usage>(place_);
}
std::unique_ptr<conversation_store> server_database::conversations() {
    return std::make_unique<postgres::conversations>(place_);
}
std::unique_ptr<calibration_store> server_database::calibrations() {
    return std::make_unique<calibration_table>(place_);
}
std::unique_ptr<sql_runner> server_database::sql() {
    return std::make_unique<postgres::sql>(place_);
}
std::unique_ptr<catalog_watch> server_database::watch_catalog(std::function<void()> look) {
    return std::make_unique<notification_watch>(place_, std::move(look));
}

namespace {

// In another encoding the server would refuse rows whose texts have other characters, and a client could keep its
// requests out of the bill with one.
void require_utf8(link& to, const std::string& where) {
    const auto encoding = to.run(access::reading, "read the encoding", [](pqxx::work& in) {
        return std::string(in.exec("SHOW server_encoding")[0][0].c_str());
    });
    if (encoding == "UTF8") return;
    throw store_error("the database " + where + " has the encoding " + encoding +
                      ", in which not every text can be kept, and Ferry needs UTF8: make another one with CREATE "
                      "DATABASE name ENCODING 'UTF8' TEMPLATE template0 LOCALE 'C.UTF-8', and let store.url name it");
}

}  // namespace

std::vector<migration_name> server_database::pending_migrations() {
    link once(place_);
    require_utf8(once, description());
    return postgres::pending_migrations(once, known_);
}

std::vector<migration_name> server_database::migrate() {
    link once(place_);
    require_utf8(once, description());
    auto applied = apply_migrations(once, known_);
    if (const auto problem = make_partitions(once); !problem.empty())
        log_warn("usage rows of some months go to the default partition: {}", problem);
    return applied;
}

}  // namespace ferry::store::postgres
