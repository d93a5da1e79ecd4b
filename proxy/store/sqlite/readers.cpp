#include "store/sqlite/readers.hpp"

#include <utility>

#include "store/catalog_rows.hpp"
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
        read_row(row_reader(found, row.defect), row);
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<route_row> read_routes(connection& db) {
    query found = db.prepare("SELECT name, strategy, members, is_enabled FROM model_routes ORDER BY name");
    std::vector<route_row> rows;
    while (found.step()) {
        route_row row;
        read_row(row_reader(found, row.defect), row);
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
        read_row(row_reader(found, row.defect), row);
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
