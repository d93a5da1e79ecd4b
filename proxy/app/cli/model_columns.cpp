#include "app/cli/model_columns.hpp"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <chrono>
#include <cstdint>
#include <utility>

#include "app/cli/open_store.hpp"
#include "app/config/value.hpp"
#include "base/decimal.hpp"
#include "base/number_text.hpp"

namespace ferry::app {
namespace {

using enum column_kind;

constexpr model_flag flags[] = {
    {"--name", "model_name", text, false, "The name clients ask for"},
    {"--endpoint", "api_endpoint", text, false, "Base URL, or the whole URL of chat completions"},
    {"--key", "api_key", text, false, "The upstream's key, better as env:NAME or file:PATH"},
    {"--display-name", "display_name", text, true, "A name for people"},
    {"--provider", "provider", text, false, "Which service it is (default: other)"},
    {"--price", "cost_per_1k_tokens", price, false,
     "Price per 1,000 tokens of prompt and completion; 0 is free; without a price nothing is billed"},
    {"--input-price", "input_cost_per_1k", price, true,
     "Price per 1,000 prompt tokens; an empty value \"\" removes it, and --price counts again"},
    {"--output-price", "output_cost_per_1k", price, true,
     "Price per 1,000 completion tokens; an empty value \"\" removes it, and --price counts again"},
    {"--cached-price", "cached_input_cost_per_1k", price, true,
     "Price per 1,000 prompt tokens read from a cache; an empty value \"\" removes it, and --input-price counts"},
    {"--currency", "currency", text, false, "Of all its prices (default: USD)"},
    {"--upstream-model", "upstream_model", text, true, "What the upstream calls it, if not --name"},
    {"--fallback", "fallback_model", text, true, "The model to ask when this one cannot answer"},
    {"--priority", "priority", integer, false, "Among rows of one name, lower goes first (default: 0)"},
    {"--weight", "weight", count, false, "Share within one priority (default: 1)"},
    {"--auth-scheme", "auth_scheme", text, true, "How the key is sent, if not as the provider does"},
    {"--extra-headers", "extra_headers", json, true, "JSON object of headers to add upstream"},
    {"--extra-body", "extra_body", json, true, "JSON object of members to add to the request"},
    {"--proxy", "proxy", text, true, "HTTP proxy for this row, http://user:password@host:port; 'direct': none"},
    {"--connect-timeout-ms", "connect_timeout_ms", count, true, "Instead of timeouts.connect"},
    {"--first-byte-timeout-ms", "first_byte_timeout_ms", count, true, "Instead of timeouts.first_byte"},
    {"--idle-timeout-ms", "idle_timeout_ms", count, true, "Instead of timeouts.idle"},
    {"--total-timeout-ms", "total_timeout_ms", count, true, "Instead of timeouts.total"},
    {"--max-context-tokens", "max_context_tokens", count, true, "The model's context window"},
    {"--max-parallel", "max_parallel", count, true, "Requests at once; further ones go elsewhere, or wait"},
    {"--queue-timeout", "queue_timeout_ms", span, true,
     "How long they wait, such as 2s; instead of retry.queue_timeout"},
    {"--capabilities", "capabilities", json, true,
     "JSON object about the model: {\"operations\": [\"chat\", \"images\"]} says what it serves, "
     "{\"paths\": [\"/ocr\"]} what else there is below /v1; "
     "{\"ignore_warnings\": [...]} silences warnings"},
    {"--unit-prices", "unit_prices", json, true,
     "JSON object of further prices: {\"images\": \"0.04\", \"cache_write\": \"0.004\", \"tiers\": [...]} "
     "(docs/operations.md)"},
};

bool is_integer(const std::string& text, std::int64_t least) {
    const auto value = parse_number(text);
    return value && *value >= least;
}

struct given_span {
    std::string problem, milliseconds;
};

given_span read_span(const std::string& given) {
    constexpr std::int64_t most_ms = 24 * 60 * 60 * 1000;
    std::chrono::milliseconds length{0};
    auto said = read_duration(given, {0, most_ms}, length);
    return {std::move(said.problem), std::to_string(length.count())};
}

// What is wrong with `given`, "" if nothing.
std::string problem_with(column_kind kind, const std::string& given) {
    switch (kind) {
        case text:
            return {};
        case price:  // see price_column
            return {};
        case integer:
            return is_integer(given, INT64_MIN) ? "" : "must be a whole number";
        case count:
            return is_integer(given, 0) ? "" : "must be a whole number, 0 or more";
        case span:
            return read_span(given).problem;
        case json: {
            boost::system::error_code failed;
            const auto value = boost::json::parse(given, failed);
            return failed || !(value.is_object() || value.is_array()) ? "must be a JSON object or array" : "";
        }
    }
    return {};
}

// The scale at which a price in this unit is a whole number of pico per token.
constexpr int scale_of(price_unit unit) {
    constexpr int thousands = 3;
    return unit == price_unit::per_million ? price_scale - thousands : price_scale;
}

// As the column has it: per 1,000 tokens.
std::string price_column(const model_flag& flag, const std::string& given, price_unit unit) {
    const auto pico = parse_decimal(given, scale_of(unit));
    if (!pico) {
        refuse_usage(fmt::format("{} must be a price such as {}, with at most {} decimals", flag.flag,
                                 unit == price_unit::per_million ? "4" : "0.004", scale_of(unit)));
    }
    return format_decimal(*pico, price_scale);
}

}  // namespace

std::string price_text(std::int64_t pico_per_token, price_unit unit) {
    return format_decimal(pico_per_token, scale_of(unit));
}

std::span<const model_flag> model_flags() {
    return flags;
}

store::column_value column_from(const model_flag& flag, const std::string& given, price_unit unit) {
    if (given.empty() && flag.clearable) return {std::string(flag.column), std::nullopt};
    if (flag.kind == price) return {std::string(flag.column), price_column(flag, given, unit)};
    const std::string problem = problem_with(flag.kind, given);
    if (!problem.empty()) refuse_usage(fmt::format("{} {}", flag.flag, problem));
    if (flag.kind == span) return {std::string(flag.column), read_span(given).milliseconds};
    return {std::string(flag.column), given};
}

}  // namespace ferry::app
