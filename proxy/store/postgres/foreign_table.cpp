#include "store/foreign_table.hpp"

#include "store/postgres/link.hpp"

namespace ferry::store::postgres {
namespace {

std::string quoted_name(const std::string& name) {
    return "\"" + name + "\"";
}

bool has_table(pqxx::work& in, const std::string& name) {
    return !in.exec("SELECT to_regclass(" + in.quote(quoted_name(name)) + ")")[0][0].is_null();
}

foreign_table read_whole_table(pqxx::work& in, const std::string& name) {
    foreign_table table{name, {}, {}};
    const auto all = in.exec("SELECT * FROM " + quoted_name(name));
    for (int i = 0; i < static_cast<int>(all.columns()); ++i) table.columns.emplace_back(all.column_name(i));
    for (const auto& each : all) {
        auto& row = table.rows.emplace_back();
        for (const auto& field : each) {
            row.values.push_back(field.is_null() ? std::nullopt
                                                 : std::optional(std::string(field.c_str(), field.size())));
        }
    }
    return table;
}

}  // namespace

std::vector<foreign_table> read_foreign_tables(const std::string& url, std::span<const std::string> names) {
    constexpr std::chrono::seconds lock_wait(5), call_wait(60);
    link database(std::make_shared<place>(address_of(url), lock_wait, call_wait));
    return database.run_patiently(access::reading, "read the tables", [names](pqxx::work& in) {
        std::vector<foreign_table> found;
        for (const auto& name : names) {
            if (has_table(in, name)) found.push_back(read_whole_table(in, name));
        }
        return found;
    });
}

}  // namespace ferry::store::postgres
