// Keys and rows for the tests of key tables.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "access/credentials.hpp"
#include "access/key_table.hpp"

namespace ferry::access::testing {

using ferry::store::key_row;

inline constexpr std::int64_t now = 1'800'000'000'000'000;
inline const std::string imported = "sk-from-another-gateway";

inline std::string key_number(int n) {
    std::string digits = std::to_string(n);
    return "fk-" + std::string(10 - digits.size(), '0') + digits + "-" + std::string(43, 'S');
}

inline key_row row_for(const std::string& key, std::int64_t id = 1) {
    key_row row;
    row.id = id;
    row.public_id = public_id(key);
    row.key_sha256 = sha256_hex(key);
    row.name = "key " + std::to_string(id);
    return row;
}

inline bool allows(const std::string& list, std::string_view model) {
    key_row row = row_for(key_number(1));
    row.allowed_models = list;
    const key_table table(std::vector<key_row>{row});
    return table.find_holder(row.public_id)->may_use(model);
}

inline key_table table_of(std::initializer_list<key_row> rows) {
    return key_table(std::vector<key_row>(rows));
}

// As on a new connection.
inline result<const principal*> authenticate(const key_table& table, std::string_view key, std::int64_t when) {
    recent_key recent;
    return table.authenticate(key, when, recent);
}

}  // namespace ferry::access::testing
