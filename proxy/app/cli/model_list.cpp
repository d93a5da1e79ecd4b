#include "app/cli/model_list.hpp"

#include <string_view>
#include <vector>

#include "app/cli/table.hpp"
#include "base/decimal.hpp"

namespace ferry::app {
namespace {

std::string key_origin(std::string_view key) {
    if (key.empty()) return "-";
    if (key.starts_with("env:") || key.starts_with("file:")) return std::string(key);
    return "set";
}

std::string price_text(std::int64_t pico_per_token) {
    return format_decimal(pico_per_token, price_scale);
}

// input / output, the base price where they inherit it.
std::string prices(const store::model_row& row) {
    return price_text(row.input_price_pico.value_or(row.base_price_pico)) + " / " +
           price_text(row.output_price_pico.value_or(row.base_price_pico)) + " " + row.currency;
}

// Prices are strings: a JSON number would be read as floating point.
void add_price(json_object& object, const char* name, std::optional<std::int64_t> price) {
    price ? object.text(name, price_text(*price)) : object.raw(name, "null");
}
void add_text(json_object& object, const char* name, const std::optional<std::string>& value) {
    value ? object.text(name, *value) : object.raw(name, "null");
}
void add_number(json_object& object, const char* name, std::optional<std::int64_t> value) {
    value ? object.number(name, *value) : object.raw(name, "null");
}

std::string as_json(const store::model_row& row) {
    json_object object;
    object.number("id", row.id).text("model_name", row.model_name).text("display_name", row.display_name);
    object.text("provider", row.provider).text("api_endpoint", row.api_endpoint);
    object.text("api_key", key_origin(row.api_key)).flag("is_enabled", row.is_enabled);
    add_price(object, "cost_per_1k_tokens", row.base_price_pico);
    add_price(object, "input_cost_per_1k", row.input_price_pico);
    add_price(object, "output_cost_per_1k", row.output_price_pico);
    add_price(object, "cached_input_cost_per_1k", row.cached_input_price_pico);
    object.text("currency", row.currency).number("priority", row.priority).number("weight", row.weight);
    add_text(object, "upstream_model", row.upstream_model);
    add_text(object, "fallback_model", row.fallback_model);
    add_text(object, "auth_scheme", row.auth_scheme);
    // Headers may carry credentials, the body's members and the proxy's URL too.
    object.flag("has_extra_headers", row.extra_headers.has_value()).flag("has_extra_body", row.extra_body.has_value());
    object.flag("has_proxy", row.proxy.has_value());
    add_number(object, "connect_timeout_ms", row.connect_timeout_ms);
    add_number(object, "first_byte_timeout_ms", row.first_byte_timeout_ms);
    add_number(object, "idle_timeout_ms", row.idle_timeout_ms);
    add_number(object, "total_timeout_ms", row.total_timeout_ms);
    add_number(object, "max_context_tokens", row.max_context_tokens);
    add_text(object, "capabilities", row.capabilities);
    object.text("defect", row.defect);
    return object.take();
}

}  // namespace

std::string models_as_table(std::span<const store::model_row> rows) {
    std::vector<std::vector<std::string>> cells;
    for (const store::model_row& row : rows) {
        const std::string state = !row.defect.empty() ? row.defect : row.is_enabled ? "enabled" : "disabled";
        cells.push_back({std::to_string(row.id), row.model_name, row.provider, row.api_endpoint,
                         key_origin(row.api_key), prices(row), row.fallback_model.value_or("-"), state});
    }
    return aligned_table({{"id", align::right},
                          {"model"},
                          {"provider"},
                          {"endpoint"},
                          {"key"},
                          {"price per 1k in / out"},
                          {"fallback"},
                          {"state"}},
                         cells);
}

std::string models_as_json(std::span<const store::model_row> rows) {
    std::vector<std::string> values;
    for (const store::model_row& row : rows) values.push_back(as_json(row));
    return json_array(values);
}

}  // namespace ferry::app
