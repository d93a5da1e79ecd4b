#include <fmt/format.h>

#include <algorithm>

#include "app/cli/import/amounts.hpp"
#include "app/cli/import/one_api.hpp"
#include "base/ascii.hpp"
#include "catalog/json_members.hpp"
#include "provider/gateway_services.hpp"

namespace ferry::app::takeover {
namespace {

using mapping = std::map<std::string, std::string>;
// A channel and a model: whether some group may use it there.
using abilities = std::map<std::pair<std::string, std::string>, bool>;

struct channel {
    origin from;
    std::string name;
    const provider::gateway_service* service = nullptr;
    std::string endpoint;
    bool is_enabled = false, drops_dots = false;
    std::int64_t priority = 0, weight = 1;
    std::vector<std::string> keys;
    mapping renamed;
    std::string id;
};

// Since then new-api leaves the dots of deployments' names alone (2025-05-10, as its source has it).
constexpr std::int64_t dots_stay_since = 1'746'835'200;

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::string_view rest = text;
    while (!rest.empty()) {
        const auto end = std::min(rest.find('\n'), rest.size());
        const auto line = trimmed(rest.substr(0, end), is_white_space);
        if (!line.empty()) lines.emplace_back(line);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return lines;
}

mapping mapping_of(const source_row& row, const origin& from, plan& into) {
    mapping renamed;
    const auto written = row.text("model_mapping");
    if (written.empty()) return renamed;
    const auto members = catalog::split_members(written);
    if (!members) {
        into.leave_out(from, "model_mapping", "it is no JSON object, so models keep their names upstream");
        return renamed;
    }
    for (const auto& one : *members) renamed.emplace(one.name, plain(one.value));
    return renamed;
}

// A mapped name may be mapped again; a circle ends where it began.
std::string upstream_name(const channel& of, const std::string& model) {
    std::string name = model;
    for (std::size_t steps = 0; steps <= of.renamed.size(); ++steps) {
        const auto next = of.renamed.find(name);
        if (next == of.renamed.end() || next->second.empty() || next->second == name) break;
        name = next->second;
    }
    if (of.drops_dots) name.erase(std::remove(name.begin(), name.end(), '.'), name.end());
    return name;
}

// Keys of a channel of several that were switched off one by one.
void drop_disabled_keys(const source_row& row, channel& read, plan& into) {
    const auto info = row.text("channel_info");
    for (const auto& member : catalog::split_members(info).value_or(std::vector<catalog::json_member>())) {
        if (member.name != "multi_key_status_list") continue;
        const auto states = catalog::split_members(member.value).value_or(std::vector<catalog::json_member>());
        for (const auto& state : states) {
            const auto at = scaled(state.name, 0);
            if (!at || state.value == "1" || static_cast<std::size_t>(*at) >= read.keys.size()) continue;
            read.keys[static_cast<std::size_t>(*at)].clear();
            into.leave_out(read.from, fmt::format("key {}", *at + 1), "it is disabled there");
        }
    }
}

void set_prices(store::model_row& row, const std::string& model, const one_api_prices& prices) {
    const auto found = prices.by_model.find(model);
    if (found == prices.by_model.end()) return;
    row.input_price_pico = found->second.input;
    row.output_price_pico = found->second.output;
    row.cached_input_price_pico = found->second.cached;
}

void add_rows(const channel& of, const std::string& model, const abilities& usable, const one_api_prices& prices,
              plan& into) {
    const auto ability = usable.find({of.id, model});
    for (std::size_t i = 0; i < of.keys.size(); ++i) {
        if (of.keys[i].empty() && of.keys.size() > 1) continue;
        upstream_model made;
        made.from = of.from;
        auto& row = made.row;
        row.model_name = row.display_name = model;
        row.provider = of.service->column;
        row.api_endpoint = of.endpoint;
        row.api_key = of.keys[i];
        row.priority = -of.priority;  // there the highest goes first
        row.weight = of.weight;
        row.is_enabled = of.is_enabled && (ability == usable.end() || ability->second);
        if (!of.service->auth_scheme.empty()) row.auth_scheme = of.service->auth_scheme;
        if (const auto name = upstream_name(of, model); name != model) row.upstream_model = name;
        set_prices(row, model, prices);
        made.detail = fmt::format("channel {}", of.name);
        if (of.keys.size() > 1) made.detail += fmt::format(", key {} of {}", i + 1, of.keys.size());
        into.models.push_back(std::move(made));
    }
}

void note_settings(const source_row& row, const origin& from, plan& into) {
    for (const auto column : {"openai_organization", "status_code_mapping", "param_override", "header_override",
                              "setting", "settings", "system_prompt", "config"}) {
        if (row.says(column)) into.leave_out(from, column, "Ferry has no column for it, or one of another form");
    }
}

// Nothing, which is noted, where it cannot be taken.
std::optional<channel> read_channel(const source_row& row, one_api_kind which, plan& into) {
    channel read;
    read.from = origin_of(row, "id");
    read.id = row.text("id");
    read.name = usable_name(row.text("name"), "channel", read.id);
    const auto what = fmt::format("channel {}", read.name);
    const auto type = row.number("type").value_or(0);
    read.service = which == one_api_kind::one_api ? provider::one_api_channel(type) : provider::new_api_channel(type);
    if (read.service == nullptr) {
        into.leave_out(read.from, what, fmt::format("channels of type {} are not known here", type));
        return std::nullopt;
    }
    const auto& service = *read.service;
    const auto base = row.text("base_url");
    std::string why(service.refusal);
    if (why.empty() && service.is_elsewhere && !base.empty()) why = "its base_url is one of another protocol";
    if (why.empty()) read.endpoint = provider::endpoint_of(service, base);
    if (why.empty() && read.endpoint.empty()) why = "it has no base_url";
    if (why.empty() && read.endpoint.find('{') != std::string::npos) why = "its base_url has parts to fill in";
    if (!why.empty()) {
        into.leave_out(read.from, what, fmt::format("type {} ({}): {}", type, service.name, why));
        return std::nullopt;
    }
    read.is_enabled = row.number("status").value_or(1) == 1;
    read.priority = row.number("priority").value_or(0);
    read.weight = std::max<std::int64_t>(row.number("weight").value_or(0), 1);
    read.drops_dots = service.drops_dots &&
                      (which == one_api_kind::one_api || row.number("created_time").value_or(0) < dots_stay_since);
    read.keys = lines_of(row.text("key"));
    if (read.keys.empty()) read.keys.emplace_back();
    drop_disabled_keys(row, read, into);
    read.renamed = mapping_of(row, read.from, into);
    note_settings(row, read.from, into);
    return read;
}

std::string why_unpriced(const std::string& model, const one_api_prices& prices) {
    if (prices.per_request.count(model) != 0) return "it is one for each request, whatever the tokens";
    if (prices.input_alone.count(model) != 0)
        return "CompletionRatio has none for it: what its answers cost is known to the gateway's program alone";
    if (!prices.is_known) return "the table of options was not given";
    return "ModelRatio has none for it: it is known to the gateway's program alone";
}

}  // namespace

one_api_channels read_one_api_channels(const std::map<std::string, store::foreign_table>& tables, one_api_kind which,
                                       const one_api_prices& prices, plan& into) {
    one_api_channels found;
    abilities usable;
    each_row(tables, one_api_tables().abilities, into, [&](const source_row& row) {
        auto& one = usable[{row.text("channel_id"), row.text("model")}];
        one = one || row.flag("enabled");
    });
    std::map<std::string, origin> unpriced;
    each_row(tables, one_api_tables().models, into, [&](const source_row& row) {
        auto read = read_channel(row, which, into);
        if (!read) return;
        const auto models = entries_of(row.text("models"));
        if (models.empty()) into.leave_out(read->from, "channel " + read->name, "it names no model");
        auto groups = entries_of(row.text("group"));
        if (groups.empty()) groups.emplace_back("default");
        for (const auto& model : models) {
            add_rows(*read, model, usable, prices, into);
            found.models.insert(model);
            for (const auto& group : groups) found.models_of_group[group].insert(model);
            if (prices.by_model.count(model) == 0) unpriced.emplace(model, read->from);
        }
    });
    for (const auto& [model, from] : unpriced) {
        into.leave_out(from, "the price of " + model,
                       why_unpriced(model, prices) + "; `ferry models prices` shows what Ferry's own table says");
    }
    return found;
}

}  // namespace ferry::app::takeover
