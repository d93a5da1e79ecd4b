#include "store/postgres/people.hpp"

#include "store/catalog_rows.hpp"
#include "store/model_columns.hpp"
#include "store/people_sql.hpp"
#include "store/postgres/row_reader.hpp"
#include "store/postgres/row_writer.hpp"

namespace ferry::store::postgres {

std::vector<person_row> people_table::list(people of) {
    return link_.run(access::reading, "read the users and teams", [of](pqxx::work& in) {
        std::vector<person_row> rows;
        for (const auto& one : in.exec(select_people(of, time_column("p.created_at")))) {
            person_row row;
            read_row(row_reader(one, row.defect), row);
            rows.push_back(std::move(row));
        }
        return rows;
    });
}

std::int64_t people_table::add(people of, const person_row& one) {
    return link_.run(access::writing, "add a user or team", [&](pqxx::work& in) {
        const bool is_user = of == people::users;
        const std::string team = is_user ? ", " + literal(one.team_id) : "";
        const std::string enabled = one.is_enabled ? "1" : "0";
        const auto added =
            in.exec(std::string("INSERT INTO ") + table_of(of) + " (name, is_enabled" +
                    (is_user ? ", team_id, " : ", ") + limit_names() + ") VALUES (" + in.quote(one.name) + ", " +
                    enabled + team + limit_literals(in, one) + ") RETURNING id");
        return added[0][0].as<std::int64_t>();
    });
}

bool people_table::change(people of, std::int64_t id, std::span<const column_value> values) {
    require_people_columns(of, values);
    return link_.run(access::writing, "change a user or team",
                     [of, id, values](pqxx::work& in) { return update_row(in, table_of(of), id, values); });
}

bool people_table::remove(people of, std::int64_t id) {
    return link_.run(access::writing, "remove a user or team", [of, id](pqxx::work& in) {
        const std::string sql = std::string("DELETE FROM ") + table_of(of) + " WHERE id = " + std::to_string(id);
        return in.exec(sql).affected_rows() == 1;
    });
}

}  // namespace ferry::store::postgres
