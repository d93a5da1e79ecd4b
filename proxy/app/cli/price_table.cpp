#include "app/cli/price_table.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <stdexcept>

#include "app/cli/model_list.hpp"
#include "app/cli/table.hpp"
#include "base/decimal.hpp"
#include "catalog/endpoint.hpp"
#include "catalog/json_members.hpp"

namespace ferry::app {
namespace {

constexpr int per_million_scale = price_scale - 3;

[[noreturn]] void fail_at(const std::string& where, const toml::node& at, const std::string& what) {
    throw std::runtime_error(fmt::format("{}:{}: {}", where, at.source().begin.line, what));
}

// Reads the members of one table; what is wrong is an exception that says where.
class entry_reader {
public:
    entry_reader(const toml::table& entry, const std::string& where, std::string_view what)
        : entry_(entry), where_(where), what_(what) {}

    bool has(std::string_view name) const { return entry_.contains(name); }
    std::string text(std::string_view name) const {
        const auto found = entry_[name].value<std::string>();
        if (!found || found->empty()) fail(name, fmt::format("needs {}, a text", name));
        return *found;
    }
    std::int64_t per_million(std::string_view name) const {
        const auto found = parse_decimal(text(name), per_million_scale);
        if (!found) fail(name, fmt::format("{} must be a price per 1,000,000 tokens such as \"2.50\"", name));
        return *found;
    }
    std::int64_t of_one(std::string_view name) const {
        const auto found = parse_decimal(text(name), money_scale);
        if (!found) fail(name, fmt::format("{} must be the price of one such as \"0.04\"", name));
        return *found;
    }
    std::string date(std::string_view name) const {
        const auto found = entry_[name].value<toml::date>();
        if (!found) fail(name, fmt::format("needs {}, a date such as 2026-11-26", name));
        return fmt::format("{:04}-{:02}-{:02}", found->year, found->month, found->day);
    }
    // Refuses whatever is neither of these nor a further price.
    void has_only(std::initializer_list<std::string_view> known) const {
        for (const auto& [key, value] : entry_) {
            const auto name = key.str();
            const auto is_further = std::any_of(catalog::further_names.begin(), catalog::further_names.end(),
                                                [name](const auto& one) { return one.name == name; });
            if (!is_further && std::find(known.begin(), known.end(), name) == known.end())
                fail(name, fmt::format("has no {}: its members stand at the top of config/prices.toml", name));
        }
    }
    // As the column has them, per 1,000.
    void put_further(json_object& into) const {
        for (const auto& one : catalog::further_names) {
            if (!has(one.name)) continue;
            const bool is_of_one = one.scale == money_scale;
            const auto pico = is_of_one ? of_one(one.name) : per_million(one.name);
            into.text(one.name, format_decimal(pico, one.scale));
        }
    }
    [[noreturn]] void fail(std::string_view member, const std::string& problem) const {
        const auto* at = entry_.get(member);
        fail_at(where_, at == nullptr ? static_cast<const toml::node&>(entry_) : *at, what_ + " " + problem);
    }

private:
    const toml::table& entry_;
    const std::string& where_;
    std::string what_;
};

std::string per_thousand(std::int64_t pico) {
    return format_decimal(pico, price_scale);
}

std::string tier_json(const toml::node& node, const std::string& where, const published_price& of, bool cached_is_own) {
    const auto* table = node.as_table();
    if (table == nullptr)
        fail_at(where, node, "a tier is written as { above = 200000, input = \"3\", output = \"15\" }");
    const entry_reader from(*table, where, "a tier");
    from.has_only({"above", "input", "output", "cached_input"});
    const auto above = (*table)["above"].value<std::int64_t>();
    if (!above || *above < 1) from.fail("above", "needs above, the number of prompt tokens past which it holds");
    auto base = of.tokens.value_or(catalog::prices());
    if (from.has("input")) base.input = from.per_million("input");
    if (from.has("output")) base.output = from.per_million("output");
    if (!cached_is_own) base.cached_input = base.input;
    if (from.has("cached_input")) base.cached_input = from.per_million("cached_input");
    json_object made;
    made.number("above", *above).text("input", per_thousand(base.input)).text("output", per_thousand(base.output));
    made.text("cached_input", per_thousand(base.cached_input));
    from.put_further(made);
    return made.take();
}

std::string tiers_json(const toml::table& entry, const std::string& where, const published_price& of) {
    const auto* list = entry["tiers"].as_array();
    if (list == nullptr) fail_at(where, *entry.get("tiers"), "[[price]] tiers must be a list of tiers");
    if (!of.tokens) fail_at(where, *entry.get("tiers"), "[[price]] with tiers needs input and output");
    std::vector<std::string> all;
    for (const toml::node& each : *list) all.push_back(tier_json(each, where, of, entry.contains("cached_input")));
    return fmt::format("[{}]", fmt::join(all, ","));
}

void put_units(const toml::table& entry, const std::string& where, json_object& into) {
    const auto* units = entry["units"].as_table();
    if (units == nullptr)
        fail_at(where, *entry.get("units"), "[[price]] units must be written as { images = \"0.04\" }");
    const entry_reader from(*units, where, "units:");
    for (const auto& [name, value] : *units)
        into.text(name.str(), format_decimal(from.of_one(name.str()), money_scale));
}

published_price read_entry(const toml::table& entry, const std::string& where) {
    const entry_reader from(entry, where, "[[price]]");
    from.has_only(
        {"host", "model", "currency", "input", "cached_input", "output", "units", "tiers", "source", "read", "note"});
    published_price made;
    made.host = from.text("host");
    made.model = from.text("model");
    made.currency = from.text("currency");
    if (from.has("input") || from.has("output") || from.has("cached_input") || !from.has("units")) {
        made.tokens.emplace().input = from.per_million("input");
        made.tokens->cached_input = from.has("cached_input") ? from.per_million("cached_input") : made.tokens->input;
        made.tokens->output = from.per_million("output");
    }
    json_object further;
    from.put_further(further);
    if (from.has("units")) put_units(entry, where, further);
    if (from.has("tiers")) further.raw("tiers", tiers_json(entry, where, made));
    if (auto text = further.take(); text != "{}") made.unit_prices = std::move(text);
    const auto parsed = catalog::parse_unit_prices(made.unit_prices, made.tokens.value_or(catalog::prices()), true);
    if (!parsed) from.fail("", parsed.error().message);
    made.source = from.text("source");
    made.read = from.date("read");
    made.note = entry["note"].value_or(std::string());
    return made;
}

bool is_within(std::string_view host, std::string_view domain) {
    if (host == domain) return true;
    return host.size() > domain.size() && host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.';
}

// What a column says, whatever its spelling; nothing of one that the catalog would refuse.
std::optional<catalog::named_prices> meaning_of(const std::string& column, const published_price& price) {
    auto parsed = catalog::parse_unit_prices(column, price.tokens.value_or(catalog::prices()), true);
    if (!parsed) return std::nullopt;
    return std::move(*parsed);
}

std::string column_of(const catalog::json_member& member) {
    return fmt::format("{{{}:{}}}", member.quoted_name, member.value);
}

const catalog::json_member* find_member(const std::vector<catalog::json_member>& in, std::string_view name) {
    const auto found = std::find_if(in.begin(), in.end(), [name](const auto& one) { return one.name == name; });
    return found == in.end() ? nullptr : &*found;
}

using column_members = std::vector<catalog::json_member>;

column_members members_of(std::string_view column) {
    return catalog::split_members(column).value_or(column_members());
}

bool has_same_tokens(const store::model_row& row, const catalog::prices& price) {
    return row.input_price_pico == price.input && row.output_price_pico == price.output &&
           row.cached_input_price_pico == price.cached_input;
}

}  // namespace

std::vector<published_price> parse_prices(std::string_view text, const std::string& where) {
    std::vector<published_price> all;
    try {
        const toml::table root = toml::parse(text, where);
        const auto* entries = root["price"].as_array();
        if (entries == nullptr) throw std::runtime_error(where + " has no [[price]]");
        for (const toml::node& each : *entries) {
            const auto* entry = each.as_table();
            if (entry == nullptr) throw std::runtime_error(where + ": price must be written as [[price]]");
            all.push_back(read_entry(*entry, where));
        }
    } catch (const toml::parse_error& error) {
        throw std::runtime_error(
            fmt::format("{}:{}: is not TOML: {}", where, error.source().begin.line, error.description()));
    }
    return all;
}

const published_price* find_price(const std::vector<published_price>& table, const store::model_row& row) {
    const auto where = catalog::parse_endpoint(row.api_endpoint);
    if (!where) return nullptr;
    const bool has_own_name = row.upstream_model && !row.upstream_model->empty();
    const std::string& model = has_own_name ? *row.upstream_model : row.model_name;
    for (const auto& one : table) {
        if (one.model == model && is_within(where->host, one.host)) return &one;
    }
    return nullptr;
}

std::string merged_unit_prices(const store::model_row& row, const published_price& price) {
    const auto own = row.unit_prices.value_or("");
    const auto kept = members_of(own), published = members_of(price.unit_prices);
    std::vector<std::string> all;
    const auto add = [&all](const catalog::json_member& one) {
        all.push_back(fmt::format("{}:{}", one.quoted_name, one.value));
    };
    for (const auto& one : kept) {
        const auto* instead = find_member(published, one.name);
        add(instead == nullptr ? one : *instead);
    }
    for (const auto& one : published) {
        if (find_member(kept, one.name) == nullptr) add(one);
    }
    return all.empty() ? std::string() : fmt::format("{{{}}}", fmt::join(all, ","));
}

bool agrees(const store::model_row& row, const published_price& price) {
    const auto own = row.unit_prices.value_or("");
    const bool has_any = has_price(row) || !own.empty();
    if (has_any && row.currency != price.currency) return false;
    if (price.tokens && has_price(row) && !has_same_tokens(row, *price.tokens)) return false;
    if (!meaning_of(own, price)) return false;
    const auto published = members_of(price.unit_prices);
    for (const auto& one : members_of(own)) {
        const auto* other = find_member(published, one.name);
        if (other != nullptr && meaning_of(column_of(one), price) != meaning_of(column_of(*other), price)) return false;
    }
    return true;
}

bool is_filled_in(const store::model_row& row, const published_price& price) {
    if (!agrees(row, price) || row.currency != price.currency) return false;
    if (price.tokens && !has_same_tokens(row, *price.tokens)) return false;
    const auto own = members_of(row.unit_prices ? *row.unit_prices : std::string_view());
    for (const auto& one : members_of(price.unit_prices)) {
        if (find_member(own, one.name) == nullptr) return false;
    }
    return true;
}

}  // namespace ferry::app
