// A row of the store that is not served, and why: shown in the log and in /status.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace ferry::catalog {

// REQUIRES: `reason` holds no secret.
struct refused_row {
    refused_row(std::string in_table, std::int64_t row_id, std::string row_name, std::string why)
        : table(std::move(in_table)), id(row_id), name(std::move(row_name)), reason(std::move(why)) {}

    std::string table;    // ai_models, model_routes or api_keys
    std::int64_t id = 0;  // 0 where the table's rows have none
    std::string name;     // model_name, route name, or the key's name
    std::string reason;   // what is wrong, where, and what to do

    bool operator==(const refused_row&) const = default;
};

// Warns of the rows that are refused now and were not before: what is known is not said again with each new key or
// price.
void log_new_refusals(const std::vector<refused_row>& now, const std::vector<refused_row>& before);

}  // namespace ferry::catalog
