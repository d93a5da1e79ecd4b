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

}  // namespace ferry::catalog
