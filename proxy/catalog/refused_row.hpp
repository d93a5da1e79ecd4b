// A row of the store that is not served, and why: shown in the log and in /status.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
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

// All of one catalog, to be asked by requests for what is not served. Immutable.
class refused_rows {
public:
    refused_rows() = default;
    explicit refused_rows(std::vector<refused_row> rows);
    refused_rows(const refused_rows&) = delete;
    refused_rows& operator=(const refused_rows&) = delete;

    const std::vector<refused_row>& all() const { return rows_; }
    // The row of ai_models with this id, or nullptr if it is not refused.
    const refused_row* find_model(std::int64_t id) const;
    // The name as the first such row of ai_models or model_routes has it; empty if there is none.
    std::string_view find_name(std::string_view name) const;

private:
    std::vector<refused_row> rows_;
    std::unordered_map<std::int64_t, const refused_row*> models_;
    std::unordered_set<std::string_view> names_;  // views into rows_
};

using refused_ptr = std::shared_ptr<const refused_rows>;

}  // namespace ferry::catalog
