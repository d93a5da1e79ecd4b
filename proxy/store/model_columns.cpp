#include "store/model_columns.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "store/store_error.hpp"

namespace ferry::store {
namespace {

constexpr std::array<std::string_view, 28> model_columns = {
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
    "capabilities",
};

}  // namespace

void require_model_columns(std::span<const column_value> values) {
    if (values.empty()) throw store_error("no column of ai_models was named; name at least one to write");
    for (const column_value& value : values) {
        if (std::find(model_columns.begin(), model_columns.end(), value.column) == model_columns.end()) {
            throw store_error("ai_models has no column " + value.column);
        }
    }
}

}  // namespace ferry::store
