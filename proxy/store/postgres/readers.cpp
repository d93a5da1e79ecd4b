#include "store/postgres/readers.hpp"

#include <utility>

#include "store/postgres/row_reader.hpp"
#include "store/store_error.hpp"

namespace ferry::store::postgres {

std::vector<model_row> read_models(pqxx::transaction_base& in) {
    const pqxx::result found = in.exec(
        "SELECT id, model_name, display_name, provider, api_endpoint, api_key, cost_per_1k_tokens, input_cost_per_1k,"
        " output_cost_per_1k, cached_input_cost_per_1k, currency, is_enabled, priority, weight, upstream_model,"
        " fallback_model, auth_scheme, extra_headers, extra_body, proxy, connect_timeout_ms, first_byte_timeout_ms,"
        " idle_timeout_ms, total_timeout_ms, max_context_tokens, capabilities, " +
        time_column("created_at") + " FROM ai_models ORDER BY id");
    std::vector<model_row> rows;
    for (const auto& one : found) {
        model_row row;
        row_reader from(one, row.defect);
        row.id = from.integer(0);
        row.model_name = from.text();
        row.display_name = from.text();
        row.provider = from.optional_text().value_or("other");
        row.api_endpoint = from.text();
        row.api_key = from.text();
        row.base_price_pico = from.optional_price().value_or(0);
        row.input_price_pico = from.optional_price();
        row.output_price_pico = from.optional_price();
        row.cached_input_price_pico = from.optional_price();
        row.currency = from.optional_text().value_or("USD");
        row.is_enabled = from.flag();
        row.priority = from.integer(0);
        row.weight = from.integer(1);
        row.upstream_model = from.optional_text();
        row.fallback_model = from.optional_text();
        row.auth_scheme = from.optional_text();
        row.extra_headers = from.optional_text();
        row.extra_body = from.optional_text();
        row.proxy = from.optional_text();
        row.connect_timeout_ms = from.optional_integer();
        row.first_byte_timeout_ms = from.optional_integer();
        row.idle_timeout_ms = from.optional_integer();
        row.total_timeout_ms = from.optional_integer();
        row.max_context_tokens = from.optional_integer();
        row.capabilities = from.optional_text();
        row.created_at_us = from.informative_time();
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<route_row> read_routes(pqxx::transaction_base& in) {
    const pqxx::result found = in.exec("SELECT name, strategy, members, is_enabled FROM model_routes ORDER BY name");
    std::vector<route_row> rows;
    for (const auto& one : found) {
        route_row row;
        row_reader from(one, row.defect);
        row.name = from.text();
        row.strategy = from.text();
        row.members = from.text();
        row.is_enabled = from.flag();
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<key_row> read_keys(pqxx::transaction_base& in) {
    const pqxx::result found = in.exec(
        "SELECT id, public_id, key_sha256, name, user_id, team_id, allowed_models, rpm, tpm, max_parallel, budget_pico,"
        " budget_period, store_messages, " +
        time_column("expires_at") + ", rotated_from, " + time_column("grace_until") + ", is_enabled, " +
        time_column("created_at") + ", " + time_column("last_used_at") + " FROM api_keys ORDER BY id");
    std::vector<key_row> rows;
    for (const auto& one : found) {
        key_row row;
        row_reader from(one, row.defect);
        row.id = from.integer(0);
        row.public_id = from.text();
        row.key_sha256 = from.text();
        row.name = from.text();
        row.user_id = from.optional_integer();
        row.team_id = from.optional_integer();
        row.allowed_models = from.optional_text();
        row.rpm = from.optional_integer();
        row.tpm = from.optional_integer();
        row.max_parallel = from.optional_integer();
        row.budget_pico = from.optional_integer();
        row.budget_period = from.optional_text();
        row.store_messages = from.flag();
        row.expires_at_us = from.optional_time();
        row.rotated_from = from.optional_integer();
        row.grace_until_us = from.optional_time();
        row.is_enabled = from.flag();
        row.created_at_us = from.informative_time();
        const std::int64_t used = from.informative_time();
        if (used != 0) row.last_used_at_us = used;
        if (!row.defect.empty()) row.is_enabled = false;  // an expiry nobody can read must not mean "never"
        rows.push_back(std::move(row));
    }
    return rows;
}

std::int64_t read_catalog_version(pqxx::transaction_base& in) {
    const pqxx::result found = in.exec("SELECT version FROM catalog_version");
    if (found.empty()) throw store_error("the table catalog_version is empty; insert its row (1, 1)");
    return found[0][0].as<std::int64_t>();
}

}  // namespace ferry::store::postgres
