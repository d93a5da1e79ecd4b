#include "catalog/builder.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "catalog/candidate_builder.hpp"
#include "catalog/model_list.hpp"
#include "catalog/route_builder.hpp"
#include "catalog/text_rules.hpp"

namespace ferry::catalog {
namespace {

bool goes_before(const candidate* a, const candidate* b) {
    return std::tie(a->priority, a->id) < std::tie(b->priority, b->id);
}

std::set<std::string_view> currencies_of(const catalog::parts& from, const virtual_route& route) {
    std::set<std::string_view> all;
    for (const route_member& member : route.members)
        if (const auto* group = from.groups.find(member.model_name))
            for (const candidate* row : (*group)->rows) all.insert(row->currency);
    return all;
}

}  // namespace

// One catalog in the making: rows first, then the groups of rows whose names they touched, then the routes that these
// names matter to, then the lines of the list.
class builder::step {
public:
    explicit step(builder& of) : all_(of), rows_(of.now_.rows), groups_(of.now_.groups), routes_(of.now_.routes) {}

    void change(const store::model_row& row) {
        remove_model(row.id);
        if (!row.is_enabled) return;
        result<candidate> made = build_candidate(row, all_.secrets_);
        if (!made) {
            all_.refused_models_.try_emplace(row.id, "ai_models", row.id, row.model_name, made.error().message);
            is_refused_changed_ = true;
            return;
        }
        const auto shared = std::make_shared<const candidate>(std::move(*made));
        names_[shared->model_name].push_back(shared.get());
        rows_.put(row.id, shared);
    }

    void remove_model(std::int64_t id) {
        is_refused_changed_ |= all_.refused_models_.erase(id) != 0;
        const candidate_ptr* before = rows_.find(id);
        if (before == nullptr) return;
        names_[(*before)->model_name];
        gone_.insert(before->get());
        kept_alive_.push_back(*before);
        rows_.erase(id);
    }

    void change(const store::route_row& row) {
        remove_route(row.name);
        if (row.is_enabled) all_.routes_.insert_or_assign(row.name, row);
    }

    void remove_route(const std::string& name) {
        all_.routes_.erase(name);
        touched_routes_.insert(name);
    }

    catalog_ptr finish(std::int64_t version) {
        catalog::parts& now = all_.now_;
        for (auto& [name, added] : names_) regroup(name, std::move(added));
        now.rows = rows_.take();
        now.groups = groups_.take();
        for (const auto& [name, added] : names_)
            if (const auto about = all_.routes_about_.find(name); about != all_.routes_about_.end())
                touched_routes_.insert(about->second.begin(), about->second.end());
        for (const std::string& name : touched_routes_) reroute(name);
        now.routes = routes_.take();
        list_names();
        if (is_refused_changed_) now.refused = collect_refused();
        now.version = version;
        return std::make_shared<const catalog>(now);
    }

private:
    void regroup(const std::string& name, std::vector<const candidate*> added) {
        if (const auto* before = groups_.find(name))
            for (const candidate* row : (*before)->rows)
                if (!gone_.contains(row)) added.push_back(row);
        if (added.empty()) return groups_.erase(name);
        std::sort(added.begin(), added.end(), goes_before);
        const auto made = std::make_shared<const model_group>(name, std::move(added));
        groups_.put(made->name, made);
    }

    void reroute(const std::string& name) {
        routes_.erase(name);
        forget(name);
        is_refused_changed_ |= all_.refused_routes_.erase(name) != 0;
        const auto row = all_.routes_.find(name);
        if (row == all_.routes_.end()) return;
        const auto is_served = [this](std::string_view model) { return all_.now_.groups.contains(model); };
        result<built_route> made = build_route(row->second, is_served);
        remember(name, made ? made->members : std::vector<std::string>());
        // A virtual name would hide the model from everybody who asks for it by name.
        if (is_served(name)) return refuse(name, "name is the name of a model: choose another");
        if (!made) return refuse(name, made.error().message);
        if (made->route.members.empty()) return refuse(name, "members names no model that is enabled and good");
        if (made->route.strategy == route_strategy::cheapest && currencies_of(all_.now_, made->route).size() > 1)
            return refuse(name,
                          "strategy 'cheapest' cannot compare prices in different currencies: give its members' rows "
                          "one currency, or use 'priority' or 'weighted'");
        for (const std::string& member : made->left_out)
            refuse(name, "member '" + printable(member) +
                             "' is left out, the others are served: no enabled, good model has this name");
        const auto shared = std::make_shared<const virtual_route>(std::move(made->route));
        routes_.put(shared->name, shared);
    }

    void forget(const std::string& route) {
        for (const std::string& name : all_.names_of_[route])
            if (const auto about = all_.routes_about_.find(name); about != all_.routes_about_.end()) {
                about->second.erase(route);
                if (about->second.empty()) all_.routes_about_.erase(about);
            }
        all_.names_of_.erase(route);
    }

    void remember(const std::string& route, std::vector<std::string> names) {
        names.push_back(route);
        for (const std::string& name : names) all_.routes_about_[name].insert(route);
        all_.names_of_[route] = std::move(names);
    }

    void refuse(const std::string& route, std::string reason) {
        all_.refused_routes_[route].emplace_back("model_routes", 0, route, std::move(reason));
        is_refused_changed_ = true;
    }

    void list_names() {
        const catalog now(all_.now_);
        std::set<std::string_view> touched(touched_routes_.begin(), touched_routes_.end());
        for (const auto& [name, added] : names_) touched.insert(name);
        const bool is_new = all_.now_.names.size() == 0;
        std::vector<name_block::line> lines;
        for (const std::string_view name : touched) {
            auto line = line_of(now, name);
            if (is_new && line) lines.push_back(std::move(*line));
            if (is_new) continue;
            if (line)
                all_.now_.names.put(std::move(*line));
            else
                all_.now_.names.erase(name);
        }
        if (is_new) all_.now_.names = name_list::of(std::move(lines));
    }

    refused_ptr collect_refused() const {
        std::vector<refused_row> rows;
        for (const auto& [id, row] : all_.refused_models_) rows.push_back(row);
        for (const auto& [name, of_route] : all_.refused_routes_)
            rows.insert(rows.end(), of_route.begin(), of_route.end());
        return std::make_shared<const refused_rows>(std::move(rows));
    }

    builder& all_;
    shard_map<std::int64_t, candidate_ptr>::editor rows_;
    shard_map<std::string_view, group_ptr>::editor groups_;
    shard_map<std::string_view, route_ptr>::editor routes_;
    std::map<std::string, std::vector<const candidate*>> names_;  // touched, with the rows they have now
    std::set<const candidate*> gone_;
    std::vector<candidate_ptr> kept_alive_;  // whose addresses stand in gone_: none may be given to another meanwhile
    std::set<std::string> touched_routes_;
    bool is_refused_changed_ = false;
};

catalog_ptr builder::build(const store::catalog_rows& all) {
    now_ = {};
    refused_models_.clear();
    routes_.clear();
    refused_routes_.clear();
    routes_about_.clear();
    names_of_.clear();
    step next(*this);
    for (const store::model_row& row : all.models) next.change(row);
    for (const store::route_row& row : all.routes) next.change(row);
    return next.finish(all.version);
}

catalog_ptr builder::apply(const store::catalog_changes& changes) {
    step next(*this);
    for (const std::int64_t id : changes.models_gone) next.remove_model(id);
    for (const store::model_row& row : changes.models) next.change(row);
    for (const std::string& name : changes.routes_gone) next.remove_route(name);
    for (const store::route_row& row : changes.routes) next.change(row);
    return next.finish(changes.version);
}

built_catalog build_catalog(const store::catalog_rows& rows, const secret_source& secrets) {
    built_catalog built;
    built.models = builder(secrets).build(rows);
    built.refused = built.models->refused().all();
    return built;
}

}  // namespace ferry::catalog
