#include "store/sqlite/people.hpp"

#include "store/catalog_rows.hpp"
#include "store/model_columns.hpp"
#include "store/people_sql.hpp"
#include "store/sqlite/row_reader.hpp"
#include "store/sqlite/row_writer.hpp"

namespace ferry::store::sqlite {

std::vector<person_row> people_table::list(people of) {
    std::vector<person_row> rows;
    query found = link_.get().prepare_once(select_people(of, "p.created_at"));
    while (found.step()) {
        person_row row;
        read_row(row_reader(found, row.defect), row);
        rows.push_back(std::move(row));
    }
    return rows;
}

std::int64_t people_table::add(people of, const person_row& one) {
    connection& db = link_.get();
    const bool is_user = of == people::users;
    query insert = db.prepare_once(std::string("INSERT INTO ") + table_of(of) + " (name, is_enabled, " + limit_names() +
                                   (is_user ? ", team_id" : "") + ") VALUES (?, ?" + places_for_limits() +
                                   (is_user ? ", ?)" : ")"));
    insert.bind(one.name).bind(one.is_enabled);
    bind_limits(insert, one);
    if (is_user) insert.bind(one.team_id);
    insert.run();
    return db.last_insert_id();
}

bool people_table::change(people of, std::int64_t id, std::span<const column_value> values) {
    require_people_columns(of, values);
    return update_row(link_.get(), table_of(of), id, values);
}

bool people_table::remove(people of, std::int64_t id) {
    connection& db = link_.get();
    db.prepare_once(std::string("DELETE FROM ") + table_of(of) + " WHERE id = ?").bind(id).run();
    return db.changes() == 1;
}

}  // namespace ferry::store::sqlite
