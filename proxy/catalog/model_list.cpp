#include "catalog/model_list.hpp"

#include <algorithm>

#include "openai/json_text.hpp"
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
    bool says_all = true;
    for (const candidate* row : rows) {
        listed.created = std::min(listed.created, row->created);
        says_all = says_all && row->names_operations;
        listed.operations |= row->serves;
    }
    if (!says_all) listed.operations.reset();
    return listed;
}

// `,"operations":["embeddings"]`; nothing where the rows do not say.
std::string operations_member(const operation_set& named) {
    std::string text;
    for (const auto& one : openai::operations()) {
        if (!named[openai::index_of(one)] || one.who != openai::answered_by::relay) continue;
        text.append(text.empty() ? ",\"operations\":[" : ",").append(openai::quote_json(one.name));
    }
    return text.empty() ? text : text + "]";
}

}  // namespace

std::optional<listed_model> find_listed_model(const catalog& models, std::string_view name, const visibility& may_see) {
    const virtual_route* route = models.find_route(name);
    if (route && may_see(name)) return describe(models, route->name, route->members.front().model_name);
    const auto rows = models.rows_of(name);
    if (!rows.empty() && may_see(name)) return describe(models, rows.front()->model_name, name);
    return std::nullopt;
}

std::string to_json(const listed_model& model) {
    return "{\"id\":" + openai::quote_json(model.name) +
           ",\"object\":\"model\",\"created\":" + std::to_string(model.created) +
           ",\"owned_by\":" + openai::quote_json(model.owned_by) + operations_member(model.operations) + "}";
}

std::optional<name_block::line> line_of(const catalog& models, std::string_view name) {
    const auto listed = find_listed_model(models, name, [](std::string_view) { return true; });
    if (!listed) return std::nullopt;
    return name_block::line{std::string(listed->name), "," + to_json(*listed)};
}

}  // namespace ferry::catalog
