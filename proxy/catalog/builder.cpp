#include "catalog/builder.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "catalog/candidate_builder.hpp"
#include "catalog/route_builder.hpp"
#include "catalog/text_rules.hpp"

namespace ferry::catalog {
namespace {

// Collects what is served and what is not.
class builder {
public:
    explicit builder(const secret_source& secrets) : secrets_(secrets) {}

    void add(const store::model_row& row) {
        if (!row.is_enabled) return;
        result<candidate> made = build_candidate(row, secrets_);
        if (!made) return refuse("ai_models", row.id, row.model_name, made.error().message);
        model_names_.insert(made->model_name);
        rows_.push_back(std::move(*made));
    }

    // REQUIRES: all models have been added.
    void add(const store::route_row& row) {
        if (!row.is_enabled) return;
        const auto is_served = [this](std::string_view name) { return model_names_.contains(name); };
        // A virtual name would hide the model from everybody who asks for it by name.
        if (is_served(row.name))
            return refuse("model_routes", 0, row.name, "name is the name of a model: choose another");
        result<built_route> made = build_route(row, is_served);
        if (!made) return refuse("model_routes", 0, row.name, made.error().message);
        if (made->route.strategy == route_strategy::cheapest && currencies_of(made->route).size() > 1)
            return refuse("model_routes", 0, row.name,
                          "strategy 'cheapest' cannot compare prices in different currencies: give its members' rows "
                          "one currency, or use 'priority' or 'weighted'");
        for (const std::string& name : made->left_out)
            refuse("model_routes", 0, row.name,
                   "member '" + printable(name) +
                       "' is left out, the others are served: no enabled, good model has this name");
        routes_.push_back(std::move(made->route));
    }

    built_catalog finish(std::int64_t version) {
        built_catalog built;
        built.models = std::make_shared<const catalog>(version, std::move(rows_), std::move(routes_), refused_);
        built.refused = std::move(refused_);
        return built;
    }

private:
    std::set<std::string_view> currencies_of(const virtual_route& route) const {
        std::set<std::string_view> all;
        for (const candidate& row : rows_)
            for (const route_member& member : route.members)
                if (row.model_name == member.model_name) all.insert(row.currency);
        return all;
    }

    void refuse(std::string table, std::int64_t id, std::string name, std::string reason) {
        refused_.emplace_back(std::move(table), id, std::move(name), std::move(reason));
    }

    const secret_source& secrets_;
    std::vector<candidate> rows_;
    std::vector<virtual_route> routes_;
    std::set<std::string, std::less<>> model_names_;
    std::vector<refused_row> refused_;
};

}  // namespace

built_catalog build_catalog(const store::catalog_rows& rows, const secret_source& secrets) {
    builder build(secrets);
    for (const store::model_row& row : rows.models) build.add(row);
    for (const store::route_row& row : rows.routes) build.add(row);
    return build.finish(rows.version);
}

}  // namespace ferry::catalog
