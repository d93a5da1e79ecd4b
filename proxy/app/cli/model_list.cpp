#include "app/cli/model_list.hpp"

#include <fmt/format.h>

#include <string_view>
#include <vector>

#include "app/cli/model_judgement.hpp"
#include "app/cli/table.hpp"
#include "base/decimal.hpp"

namespace ferry::app {
namespace {

std::string key_origin(std::string_view key) {
    if (key.empty()) return "-";
    if (key.starts_with("env:") || key.starts_with("file:")) return std::string(key);
    return "set";
}

// The price that counts: the column's own, else the base price; nothing if neither was given.
std::optional<std::int64_t> known_price(const std::optional<std::int64_t>& own, const store::model_row& row) {
    if (own || row.base_price_pico == 0) return own;
    return row.base_price_pico;
}

}  // namespace

std::string prices_text(const store::model_row& row, price_unit unit) {
    const auto input = known_price(row.input_price_pico, row), output = known_price(row.output_price_pico, row);
    if (!input && !output) return "unknown";
    if (input == 0 && output == 0) return "free";
    const auto one = [unit](const auto& price) { return price ? price_text(*price, unit) : std::string("unknown"); };
    return one(input) + " / " + one(output) + " " + row.currency;
}

bool has_price(const store::model_row& row) {
    return known_price(row.input_price_pico, row) && known_price(row.output_price_pico, row);
}

namespace {

// Prices are strings: a JSON number would be read as floating point.
void add_price(json_object& object, const char* name, std::optional<std::int64_t> price) {
    price ? object.text(name, price_text(*price, price_unit::per_thousand)) : object.raw(name, "null");
}

std::string as_json(const store::model_row& row, const catalog::model_findings& found) {
    json_object object;
    object.number("id", row.id).text("model_name", row.model_name).text("display_name", row.display_name);
    object.text("provider", row.provider).text("api_endpoint", row.api_endpoint);
    object.text("api_key", key_origin(row.api_key)).flag("is_enabled", row.is_enabled);
    object.flag("has_price", has_price(row));
    add_price(object, "cost_per_1k_tokens", row.base_price_pico);
    add_price(object, "input_cost_per_1k", row.input_price_pico);
    add_price(object, "output_cost_per_1k", row.output_price_pico);
    add_price(object, "cached_input_cost_per_1k", row.cached_input_price_pico);
    object.text("currency", row.currency).number("priority", row.priority).number("weight", row.weight);
    object.text_or_null("upstream_model", row.upstream_model);
    object.text_or_null("fallback_model", row.fallback_model);
    object.text_or_null("auth_scheme", row.auth_scheme);
    // Headers may carry credentials, the body's members and the proxy's URL too.
    object.flag("has_extra_headers", row.extra_headers.has_value()).flag("has_extra_body", row.extra_body.has_value());
    object.flag("has_proxy", row.proxy.has_value());
    object.number_or_null("connect_timeout_ms", row.connect_timeout_ms);
    object.number_or_null("first_byte_timeout_ms", row.first_byte_timeout_ms);
    object.number_or_null("idle_timeout_ms", row.idle_timeout_ms);
    object.number_or_null("total_timeout_ms", row.total_timeout_ms);
    object.number_or_null("max_context_tokens", row.max_context_tokens);
    object.number_or_null("max_parallel", row.max_parallel);
    object.number_or_null("queue_timeout_ms", row.queue_timeout_ms);
    object.text_or_null("capabilities", row.capabilities);
    object.text_or_null("unit_prices", row.unit_prices);
    object.text("defect", row.defect).text("state", state_of(row, found));
    std::vector<std::string> warnings;
    for (const auto& one : found.warnings) {
        json_object warning;
        warnings.push_back(warning.text("code", one.code).text("text", one.text).take());
    }
    object.raw("faults", json_texts(found.faults));
    return object.raw("warnings", fmt::format("[{}]", fmt::join(warnings, ","))).take();
}

}  // namespace

std::string models_as_table(const store::catalog_rows& rows, price_unit unit) {
    const catalog::model_check check(rows.models, rows.routes, catalog::read_secret);
    std::vector<std::vector<std::string>> cells;
    std::string remarks;
    for (const store::model_row& row : rows.models) {
        const auto found = check.of(row);
        cells.push_back({std::to_string(row.id), row.model_name, row.provider, row.api_endpoint,
                         key_origin(row.api_key), prices_text(row, unit), row.fallback_model.value_or("-"),
                         state_of(row, found)});
        remarks += remarks_on(row, found);
    }
    const char* price_title = unit == price_unit::per_million ? "price per 1M in / out" : "price per 1k in / out";
    return aligned_table({{"id", align::right},
                          {"model"},
                          {"provider"},
                          {"endpoint"},
                          {"key"},
                          {price_title},
                          {"fallback"},
                          {"state"}},
                         cells) +
           (remarks.empty() ? "" : "\n" + remarks);
}

std::string models_as_json(const store::catalog_rows& rows) {
    const catalog::model_check check(rows.models, rows.routes, catalog::read_secret);
    std::vector<std::string> values;
    for (const store::model_row& row : rows.models) values.push_back(as_json(row, check.of(row)));
    return json_array(values);
}

}  // namespace ferry::app
