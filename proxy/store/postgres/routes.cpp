#include "store/postgres/routes.hpp"

#include "store/postgres/readers.hpp"
#include "store/postgres/row_writer.hpp"

namespace ferry::store::postgres {

std::vector<route_row> routes::list_routes() {
    return link_.run(access::reading, "read the routes", [](pqxx::work& in) { return read_routes(in); });
}

void routes::add_route(const route_row& row) {
    link_.run(access::writing, "add the route", [&row](pqxx::work& in) {
        return in
            .exec("INSERT INTO model_routes (name, strategy, members, is_enabled) VALUES (" + in.quote(row.name) +
                  ", " + in.quote(row.strategy) + ", " + in.quote(row.members) + ", " +
                  (row.is_enabled ? "1" : "0") + ")")
            .affected_rows();
    });
}

bool routes::change_route(const std::string& name, const route_change& change) {
    return link_.run(access::writing, "change the route", [&](pqxx::work& in) {
        const std::string enabled = change.is_enabled ? (*change.is_enabled ? "1" : "0") : "NULL";
        return in
                   .exec("UPDATE model_routes SET strategy = coalesce(" + literal(in, change.strategy) +
                         ", strategy), members = coalesce(" + literal(in, change.members) +
                         ", members), is_enabled = coalesce(" + enabled +
                         ", is_enabled) WHERE name = " + in.quote(name))
                   .affected_rows() == 1;
    });
}

bool routes::remove_route(const std::string& name) {
    return link_.run(access::writing, "remove the route", [&name](pqxx::work& in) {
        return in.exec("DELETE FROM model_routes WHERE name = " + in.quote(name)).affected_rows() == 1;
    });
}

}  // namespace ferry::store::postgres
