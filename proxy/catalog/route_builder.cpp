#include "catalog/route_builder.hpp"

#include <boost/json/parse.hpp>
#include <utility>

#include "catalog/bad_row.hpp"
#include "catalog/text_rules.hpp"

namespace ferry::catalog {
namespace {

constexpr std::string_view members_form =
    "members is not a JSON array of model names or of objects such as {\"model\": \"gpt-4\", \"weight\": 2}";

// Nothing if the value has neither form. Other members of an object are refused, for they would be ignored.
std::optional<route_member> parse_member(const boost::json::value& value) {
    route_member member;
    if (const auto* name = value.if_string()) {
        member.model_name = *name;
        return member;
    }
    const auto* object = value.if_object();
    if (!object) return std::nullopt;
    bool is_named = false;
    for (const auto& [key, part] : *object) {
        if (key == "model" && part.is_string()) {
            member.model_name = part.get_string();
            is_named = true;
        } else if (key == "weight" && part.is_int64()) {
            member.weight = part.get_int64();
        } else {
            return std::nullopt;
        }
    }
    if (!is_named) return std::nullopt;
    return member;
}

std::optional<route_strategy> parse_strategy(std::string_view name) {
    if (name == "priority") return route_strategy::priority;
    if (name == "weighted") return route_strategy::weighted;
    if (name == "cheapest") return route_strategy::cheapest;
    if (name == "fastest") return route_strategy::fastest;
    return std::nullopt;
}

}  // namespace

result<built_route> build_route(const store::route_row& row,
                                const std::function<bool(std::string_view model_name)>& is_served) {
    if (!row.defect.empty()) return bad_row(row.defect);
    if (const auto defect = name_defect(row.name)) return bad_row("name " + *defect);
    const auto strategy = parse_strategy(row.strategy);
    if (!strategy)
        return bad_row("strategy '" + printable(row.strategy) +
                       "' is not supported: use 'priority', 'weighted', 'cheapest' or 'fastest'");
    boost::system::error_code error;
    const boost::json::value parsed = boost::json::parse(row.members, error);
    if (error || !parsed.is_array()) return bad_row(std::string(members_form));

    built_route built;
    built.route.name = row.name;
    built.route.strategy = *strategy;
    for (const boost::json::value& value : parsed.get_array()) {
        auto member = parse_member(value);
        if (!member) return bad_row(std::string(members_form));
        if (member->weight < 0 || member->weight > max_weight)
            return bad_row("members has a weight outside 0.." + std::to_string(max_weight));
        built.members.push_back(member->model_name);
        if (is_served(member->model_name))
            built.route.members.push_back(std::move(*member));
        else
            built.left_out.push_back(std::move(member->model_name));
    }
    return built;
}

}  // namespace ferry::catalog
