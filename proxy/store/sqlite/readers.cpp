#include "store/sqlite/readers.hpp"

#include <utility>

#include "store/sqlite/row_reader.hpp"
#include "store/store_error.hpp"

namespace ferry::store::sqlite {

std::vector<model_row> read_models(connection& db) {
    query found = db.prepare(
        "SELECT id, model_name, display_name, provider, api_endpoint, api_key, cost_per_1k_tokens, input_cost_per_1k,"
        " output_cost_per_1k, cached_input_cost_per_1k, currency, is_enabled, priority, weight, upstream_model,"
        " fallback_model, auth_scheme, extra_headers, extra_body, proxy, connect_timeout_ms, first_byte_timeout_ms,"
        " idle_timeout_ms, total_timeout_ms, max_context_tokens, capabilities, created_at FROM ai_models ORDER BY id");
    std::vector<model_row> rows;
    while (found.step()) {
        model_row row;
        row_reader in(found, row.defect);
        row.id = in.integer(0);
        row.model_name = in.text();
        row.display_name = in.text();
        row.provider = in.optional_text().value_or("other");
        row.api_endpoint = in.text();
        row.api_key = in.text();
        row.base_price_pico = in.optional_price().value_or(0);
        row.input_price_pico = in.optional_price();
        row.output_price_pico = in.optional_price();
        row.cached_input_price_pico = in.optional_price();
        row.currency = in.optional_text().value_or("USD");
        row.is_enabled = in.flag();
        row.priority = in.integer(0);
        row.weight = in.integer(1);
        row.upstream_model = in.optional_text();
        row.fallback_model = in.optional_text();
        row.auth_scheme = in.optional_text();
        row.extra_headers = in.optional_text();
        row.extra_body = in.optional_text();
        row.proxy = in.optional_text();
        row.connect_timeout_ms = in.optional_integer();
        row.first_byte_timeout_ms = in.optional_integer();
        row.idle_timeout_ms = in.optional_integer();
        row.total_timeout_ms = in.optional_integer();
        row.max_context_tokens = in.optional_integer();
        row.capabilities = in.optional_text();
        row.created_at_us = in.informative_time();
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<route_row> read_routes(connection& db) {
    query found = db.prepare("SELECT name, strategy, members, is_enabled FROM model_routes ORDER BY name");
    std::vector<route_row> rows;
    while (found.step()) {
        route_row row;
        row_reader in(found, row.defect);
        row.name = in.text();
        row.strategy = in.text();
        row.members = in.text();
        row.is_enabled = in.flag();
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<key_row> read_keys(connection& db) {
    query found = db.prepare(
        "SELECT id, public_id, key_sha256, name, user_id, team_id, allowed_models, rpm, tpm, max_parallel, budget_pico,"
        " budget_period, store_messages, expires_at, rotated_from, grace_until, is_enabled, created_at, last_used_at"
        " FROM api_keys ORDER BY id");
    std::vector<key_row> rows;
    while (found.step()) {
        key_row row;
        row_reader in(found, row.defect);
        row.id = in.integer(0);
        row.public_id = in.text();
        row.key_sha256 = in.text();
        row.name = in.text();
        row.user_id = in.optional_integer();
        row.team_id = in.optional_integer();
        row.allowed_models = in.optional_text();
        row.rpm = in.optional_integer();
        row.tpm = in.optional_integer();
        row.max_parallel = in.optional_integer();
        row.budget_pico = in.optional_integer();
        row.budget_period = in.optional_text();
        row.store_messages = in.flag();
        row.expires_at_us = in.optional_time();
        row.rotated_from = in.optional_integer();
        row.grace_until_us = in.optional_time();
        row.is_enabled = in.flag();
        row.created_at_us = in.informative_time();
        const std::int64_t used = in.informative_time();
        if (used != 0) row.last_used_at_us = used;
        if (!row.defect.empty()) row.is_enabled = false;  // an expiry nobody can read must not mean "never"
        rows.push_back(std::move(row));
    }
    return rows;
}

std::int64_t read_catalog_version(connection& db) {
    query found = db.prepare("SELECT version FROM catalog_version");
    if (!found.step()) throw store_error("the table catalog_version is empty; insert its row (1, 1)");
    return found.integer(0);
}

}  // namespace ferry::store::sqlite
