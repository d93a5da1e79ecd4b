#include "store/sqlite/row_writer.hpp"

namespace ferry::store::sqlite {

bool update_row(connection& db, const std::string& table, std::int64_t id, std::span<const column_value> values) {
    std::string assignments;
    for (const column_value& value : values) {
        assignments.append(assignments.empty() ? "" : ", ").append(value.column).append(" = ?");
    }
    query update = db.prepare_once("UPDATE " + table + " SET " + assignments + " WHERE id = ?");
    for (const column_value& value : values) update.bind(value.value);
    update.bind(id).run();
    return db.changes() == 1;
}

}  // namespace ferry::store::sqlite
