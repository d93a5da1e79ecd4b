#include "store/model_columns.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.hpp"
#include "base/number_text.hpp"
#include "store/people_sql.hpp"
#include "store/store_error.hpp"

namespace ferry::store {
namespace {

constexpr std::array<std::string_view, 31> model_columns = {
    "id",
    "model_name",
    "display_name",
    "provider",
    "api_endpoint",
    "api_key",
    "cost_per_1k_tokens",
    "is_enabled",
    "created_at",
    "updated_at",
    "upstream_model",
    "input_cost_per_1k",
    "output_cost_per_1k",
    "cached_input_cost_per_1k",
    "currency",
    "priority",
    "weight",
    "fallback_model",
    "auth_scheme",
    "extra_headers",
    "extra_body",
    "proxy",
    "connect_timeout_ms",
    "first_byte_timeout_ms",
    "idle_timeout_ms",
    "total_timeout_ms",
    "max_context_tokens",
    "max_parallel",
    "queue_timeout_ms",
    "capabilities",
    "unit_prices",
};

std::vector<std::string_view> with_limits(std::vector<std::string_view> columns) {
    limit_columns all;
    for_each_limit(all, [&](const char* name, const auto&) { columns.push_back(name); });
    return columns;
}

void require_columns(const std::string& table, std::span<const std::string_view> known,
                     std::span<const column_value> values) {
    if (values.empty()) throw store_error("no column of " + table + " was named; name at least one to write");
    for (const column_value& value : values) {
        if (std::find(known.begin(), known.end(), value.column) == known.end()) {
            throw store_error(table + " has no column " + value.column + " that may be written");
        }
    }
}

// One value on its way into a row; what it cannot be is noted in the row's defect.
class column_writer {
public:
    column_writer(model_row& row, const column_value& given) : row_(row), given_(given) {}

    void text(std::string_view column, std::string& member, std::string_view if_null = "") {
        if (is(column)) member = given_.value.value_or(std::string(if_null));
    }
    void text(std::string_view column, std::optional<std::string>& member) {
        if (is(column)) member = given_.value;
    }
    void number(std::string_view column, std::int64_t& member, std::int64_t if_null) {
        if (is(column)) member = whole().value_or(if_null);
    }
    void number(std::string_view column, std::optional<std::int64_t>& member) {
        if (is(column)) member = whole();
    }
    void price(std::string_view column, std::int64_t& member) {
        if (is(column)) member = decimal().value_or(0);
    }
    void price(std::string_view column, std::optional<std::int64_t>& member) {
        if (is(column)) member = decimal();
    }
    void flag(std::string_view column, bool& member) {
        if (is(column)) member = whole().value_or(0) != 0;
    }

private:
    bool is(std::string_view column) const { return given_.column == column; }

    std::optional<std::int64_t> whole() {
        if (!given_.value) return std::nullopt;
        if (const auto value = parse_number(*given_.value)) return value;
        return note("must be a whole number");
    }
    std::optional<std::int64_t> decimal() {
        if (!given_.value) return std::nullopt;
        if (const auto price = parse_decimal(*given_.value, price_scale)) return price;
        return note("must be a price per 1,000 tokens of at most 9 decimals, and not negative");
    }
    std::nullopt_t note(std::string_view what) {
        if (row_.defect.empty()) row_.defect.append(given_.column).append(" ").append(what);
        return std::nullopt;
    }

    model_row& row_;
    const column_value& given_;
};

}  // namespace

void set_columns(model_row& row, std::span<const column_value> values) {
    for (const column_value& value : values) {
        column_writer write(row, value);
        write.number("id", row.id, 0);
        write.text("model_name", row.model_name);
        write.text("display_name", row.display_name);
        write.text("provider", row.provider, "other");
        write.text("api_endpoint", row.api_endpoint);
        write.text("api_key", row.api_key);
        write.price("cost_per_1k_tokens", row.base_price_pico);
        write.price("input_cost_per_1k", row.input_price_pico);
        write.price("output_cost_per_1k", row.output_price_pico);
        write.price("cached_input_cost_per_1k", row.cached_input_price_pico);
        write.text("currency", row.currency, "USD");
        write.flag("is_enabled", row.is_enabled);
        write.number("priority", row.priority, 0);
        write.number("weight", row.weight, 1);
        write.text("upstream_model", row.upstream_model);
        write.text("fallback_model", row.fallback_model);
        write.text("auth_scheme", row.auth_scheme);
        write.text("extra_headers", row.extra_headers);
        write.text("extra_body", row.extra_body);
        write.text("proxy", row.proxy);
        write.number("connect_timeout_ms", row.connect_timeout_ms);
        write.number("first_byte_timeout_ms", row.first_byte_timeout_ms);
        write.number("idle_timeout_ms", row.idle_timeout_ms);
        write.number("total_timeout_ms", row.total_timeout_ms);
        write.number("max_context_tokens", row.max_context_tokens);
        write.number("max_parallel", row.max_parallel);
        write.number("queue_timeout_ms", row.queue_timeout_ms);
        write.text("capabilities", row.capabilities);
        write.text("unit_prices", row.unit_prices);
    }
}

void require_model_columns(std::span<const column_value> values) {
    require_columns("ai_models", model_columns, values);
}

void require_key_columns(std::span<const column_value> values) {
    static const auto columns = with_limits({"name", "user_id", "team_id", "allowed_models", "allowed_addresses",
                                             "store_messages", "priority", "expires_at"});
    require_columns("api_keys", columns, values);
}

void require_people_columns(people of, std::span<const column_value> values) {
    static const auto columns = with_limits({"team_id", "name", "is_enabled"});
    const bool is_user = of == people::users;
    require_columns(table_of(of), std::span(columns).subspan(is_user ? 0 : 1), values);
}

}  // namespace ferry::store
