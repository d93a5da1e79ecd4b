#include "catalog/catalog.hpp"

#include <algorithm>
#include <tuple>

namespace ferry::catalog {

catalog::catalog(std::int64_t version, std::vector<candidate> rows, std::vector<virtual_route> routes,
                 std::vector<refused_row> refused)
    : version_(version),
      rows_(std::move(rows)),
      routes_(std::move(routes)),
      refused_(std::make_shared<const refused_rows>(std::move(refused))) {
    std::sort(rows_.begin(), rows_.end(), [](const candidate& a, const candidate& b) { return a.id < b.id; });
    for (const candidate& row : rows_) {
        by_id_.emplace(row.id, &row);
        by_name_[row.model_name].push_back(&row);
    }
    for (auto& [name, same_name] : by_name_)
        std::sort(same_name.begin(), same_name.end(), [](const candidate* a, const candidate* b) {
            return std::tie(a->priority, a->id) < std::tie(b->priority, b->id);
        });
    for (const virtual_route& route : routes_) routes_by_name_.emplace(route.name, &route);
}

const candidate* catalog::find_row(std::int64_t id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second;
}

std::span<const candidate* const> catalog::rows_of(std::string_view model_name) const {
    const auto found = by_name_.find(model_name);
    if (found == by_name_.end()) return {};
    return found->second;
}

const virtual_route* catalog::find_route(std::string_view name) const {
    const auto found = routes_by_name_.find(name);
    return found == routes_by_name_.end() ? nullptr : found->second;
}

}  // namespace ferry::catalog
