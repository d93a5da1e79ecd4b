#include "store/sqlite/routes.hpp"

#include "store/sqlite/readers.hpp"

namespace ferry::store::sqlite {

std::vector<route_row> routes::list_routes() {
    return read_routes(link_.get());
}

void routes::add_route(const route_row& row) {
    connection& db = link_.get();
    query insert = db.prepare("INSERT INTO model_routes (name, strategy, members, is_enabled) VALUES (?, ?, ?, ?)");
    insert.bind(row.name).bind(row.strategy).bind(row.members).bind(row.is_enabled).run();
}

bool routes::change_route(const std::string& name, const route_change& change) {
    connection& db = link_.get();
    query update = db.prepare(
        "UPDATE model_routes SET strategy = coalesce(?, strategy), members = coalesce(?, members),"
        " is_enabled = coalesce(?, is_enabled) WHERE name = ?");
    update.bind(change.strategy).bind(change.members).bind(change.is_enabled).bind(name).run();
    return db.changes() == 1;
}

bool routes::remove_route(const std::string& name) {
    connection& db = link_.get();
    db.prepare("DELETE FROM model_routes WHERE name = ?").bind(name).run();
    return db.changes() == 1;
}

}  // namespace ferry::store::sqlite
