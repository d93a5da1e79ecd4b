#include "catalog/model_list.hpp"

#include <algorithm>

#include "provider/provider.hpp"

namespace ferry::catalog {
namespace {

// REQUIRES: the catalog serves a model of this name.
listed_model describe(const catalog& models, std::string_view name, std::string_view first_model) {
    const auto rows = models.rows_of(first_model);
    listed_model listed;
    listed.name = name;
    listed.owned_by = rows.front()->service->name;
    listed.created = rows.front()->created;
    for (const candidate* row : rows) listed.created = std::min(listed.created, row->created);
    return listed;
}

}  // namespace

std::vector<listed_model> list_models(const catalog& models, const visibility& may_see) {
    std::vector<std::string_view> names;
    for (const candidate& row : models.rows()) names.push_back(row.model_name);
    for (const virtual_route& route : models.routes()) names.push_back(route.name);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());

    std::vector<listed_model> list;
    for (const std::string_view name : names)
        if (const auto listed = find_listed_model(models, name, may_see)) list.push_back(*listed);
    return list;
}

std::optional<listed_model> find_listed_model(const catalog& models, std::string_view name, const visibility& may_see) {
    const virtual_route* route = models.find_route(name);
    if (route && may_see(name)) return describe(models, route->name, route->members.front().model_name);
    const auto rows = models.rows_of(name);
    if (!rows.empty() && may_see(name)) return describe(models, rows.front()->model_name, name);
    return std::nullopt;
}

}  // namespace ferry::catalog
