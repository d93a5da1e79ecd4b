#include "app/cli/route_list.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/cli/table.hpp"
#include "catalog/builder.hpp"

namespace ferry::app {
namespace {

// Who may read the keys is the running process: here every key counts as readable.
result<secret> any_secret(std::string_view) {
    return secret("readable");
}

route_verdict verdict_of(const catalog::built_catalog& built, const std::string& name) {
    const bool is_served = built.models->find_route(name) != nullptr;
    route_verdict verdict;
    for (const auto& row : built.refused) {
        if (row.table != "model_routes" || row.name != name) continue;
        if (is_served) {
            verdict.doubts.push_back(row.reason);
        } else {
            verdict.refused = row.reason;
        }
    }
    return verdict;
}

std::string members_text(const std::string& members) {
    boost::system::error_code failed;
    const auto parsed = boost::json::parse(members, failed);
    if (failed || !parsed.is_array()) return members;
    std::vector<std::string> names;
    for (const auto& value : parsed.get_array()) {
        const auto* object = value.if_object();
        const auto* model = object == nullptr ? nullptr : object->if_contains("model");
        const auto* weight = object == nullptr ? nullptr : object->if_contains("weight");
        if (value.is_string()) {
            names.emplace_back(value.get_string());
        } else if (model != nullptr && model->is_string()) {
            names.emplace_back(model->get_string());
            if (weight != nullptr) names.back() += "=" + boost::json::serialize(*weight);
        } else {
            return members;
        }
    }
    return fmt::format("{}", fmt::join(names, ", "));
}

std::string state_of_route(const store::route_row& row, const route_verdict& verdict) {
    if (!row.is_enabled) return "disabled";
    if (!verdict.refused.empty()) return "refused: " + verdict.refused;
    return verdict.doubts.empty() ? "served" : fmt::format("served, but {}", fmt::join(verdict.doubts, "; "));
}

}  // namespace

route_verdict judge_route(const store::catalog_rows& rows, const std::string& name) {
    return verdict_of(catalog::build_catalog(rows, any_secret), name);
}

std::string routes_as_table(const store::catalog_rows& rows) {
    const auto built = catalog::build_catalog(rows, any_secret);
    std::vector<std::vector<std::string>> cells;
    for (const store::route_row& row : rows.routes) {
        cells.push_back(
            {row.name, row.strategy, members_text(row.members), state_of_route(row, verdict_of(built, row.name))});
    }
    return aligned_table({{"name"}, {"strategy"}, {"members"}, {"state"}}, cells);
}

std::string routes_as_json(const store::catalog_rows& rows) {
    const auto built = catalog::build_catalog(rows, any_secret);
    std::vector<std::string> values;
    for (const store::route_row& row : rows.routes) {
        boost::system::error_code failed;
        const auto members = boost::json::parse(row.members, failed);
        json_object object;
        object.text("name", row.name).text("strategy", row.strategy);
        failed ? object.text("members", row.members) : object.raw("members", boost::json::serialize(members));
        object.flag("is_enabled", row.is_enabled).text("state", state_of_route(row, verdict_of(built, row.name)));
        values.push_back(object.take());
    }
    return json_array(values);
}

}  // namespace ferry::app
