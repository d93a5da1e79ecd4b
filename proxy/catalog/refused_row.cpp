#include "catalog/refused_row.hpp"

#include <set>
#include <tuple>

#include "base/log.hpp"

namespace ferry::catalog {

namespace {

auto identity(const refused_row& row) {
    return std::tie(row.table, row.id, row.name, row.reason);
}

}  // namespace

void log_new_refusals(const std::vector<refused_row>& now, const std::vector<refused_row>& before) {
    if (now == before) return;
    std::set<decltype(identity(now.front()))> known;
    for (const auto& row : before) known.insert(identity(row));
    for (const auto& row : now) {
        if (known.contains(identity(row))) continue;
        log_warn("A row of {} is not served: id {} '{}': {}", row.table, row.id, row.name, row.reason);
    }
}

refused_rows::refused_rows(std::vector<refused_row> rows) : rows_(std::move(rows)) {
    for (const refused_row& row : rows_) {
        if (row.table == "ai_models") models_.emplace(row.id, &row);
        names_.insert(row.name);
    }
}

const refused_row* refused_rows::find_model(std::int64_t id) const {
    const auto found = models_.find(id);
    return found == models_.end() ? nullptr : found->second;
}

std::string_view refused_rows::find_name(std::string_view name) const {
    const auto found = names_.find(name);
    return found == names_.end() ? std::string_view() : *found;
}

}  // namespace ferry::catalog
