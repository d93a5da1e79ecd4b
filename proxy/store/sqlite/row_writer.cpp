#include "store/sqlite/row_writer.hpp"

namespace ferry::store::sqlite {

std::string places_for_limits() {
    std::string places;
    for_each_limit(static_cast<const limit_columns&>(limit_columns()), [&](auto&&...) { places += ", ?"; });
    return places;
}

void bind_limits(query& insert, const limit_columns& limits) {
    for_each_limit(limits, [&insert](const char*, const auto& member) { insert.bind(member); });
}

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
