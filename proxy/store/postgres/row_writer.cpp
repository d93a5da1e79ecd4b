#include "store/postgres/row_writer.hpp"

namespace ferry::store::postgres {

std::string literal(const pqxx::transaction_base& in, const std::optional<std::string>& value) {
    return value ? in.quote(*value) : "NULL";
}

std::string literal(std::optional<std::int64_t> value) {
    return value ? std::to_string(*value) : "NULL";
}

bool update_row(pqxx::work& in, const std::string& table, std::int64_t id, std::span<const column_value> values) {
    std::string assignments;
    for (const column_value& one : values) {
        assignments.append(assignments.empty() ? "" : ", ").append(one.column).append(" = ");
        const bool is_time = one.column.ends_with("_at") && one.value;
        assignments += is_time ? in.quote(*one.value + "+00") : literal(in, one.value);
    }
    return in.exec("UPDATE " + table + " SET " + assignments + " WHERE id = " + std::to_string(id)).affected_rows() ==
           1;
}

}  // namespace ferry::store::postgres
