#include "store/postgres/readers.hpp"

#include <utility>

#include "store/catalog_rows.hpp"
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
        read_row(row_reader(one, row.defect), row);
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<route_row> read_routes(pqxx::transaction_base& in) {
    const pqxx::result found = in.exec("SELECT name, strategy, members, is_enabled FROM model_routes ORDER BY name");
    std::vector<route_row> rows;
    for (const auto& one : found) {
        route_row row;
        read_row(row_reader(one, row.defect), row);
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
        read_row(row_reader(one, row.defect), row);
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
