#include "store/postgres/row_writer.hpp"

namespace ferry::store::postgres {

std::string literal(const pqxx::transaction_base& in, const std::optional<std::string>& value) {
    return value ? in.quote(*value) : "NULL";
}

std::string literal(std::optional<std::int64_t> value) {
    return value ? std::to_string(*value) : "NULL";
}

std::string limit_literals(const pqxx::transaction_base& in, const limit_columns& limits) {
    std::string values;
    struct {
        const pqxx::transaction_base& in;
        std::string& values;
        void operator()(const char*, std::optional<std::int64_t> member) { values += ", " + literal(member); }
        void operator()(const char*, const std::optional<std::string>& member) { values += ", " + literal(in, member); }
    } append{in, values};
    for_each_limit(limits, append);
    return values;
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
