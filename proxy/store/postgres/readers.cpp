#include "store/postgres/readers.hpp"

#include <utility>

#include "store/catalog_rows.hpp"
#include "store/people_sql.hpp"
#include "store/postgres/array_text.hpp"
#include "store/postgres/row_reader.hpp"
#include "store/store_error.hpp"

namespace ferry::store::postgres {
namespace {

std::string select_models() {
    return "SELECT id, model_name, display_name, provider, api_endpoint, api_key, cost_per_1k_tokens,"
           " input_cost_per_1k, output_cost_per_1k, cached_input_cost_per_1k, currency, is_enabled, priority, weight,"
           " upstream_model, fallback_model, auth_scheme, extra_headers, extra_body, proxy, connect_timeout_ms,"
           " first_byte_timeout_ms, idle_timeout_ms, total_timeout_ms, max_context_tokens, max_parallel, "
           "queue_timeout_ms, capabilities, "
           "unit_prices, " +
           time_column("created_at") + " FROM ai_models";
}

std::string select_routes() {
    return "SELECT name, strategy, members, is_enabled FROM model_routes";
}

std::string select_keys_here(bool as_used) {
    return select_keys(as_used, [](const char* column) { return time_column(column); });
}

template <class Row>
std::vector<Row> read(pqxx::transaction_base& in, const std::string& select) {
    const pqxx::result found = in.exec(select);
    std::vector<Row> rows;
    rows.reserve(static_cast<std::size_t>(found.size()));
    for (const auto& one : found) {
        Row row;
        read_row(row_reader(one, row.defect), row);
        rows.push_back(std::move(row));
    }
    return rows;
}

template <class Row, class Key>
std::vector<Row> read(pqxx::transaction_base& in, const std::string& select, const char* column,
                      const std::set<Key>& keys) {
    if (keys.empty()) return {};
    array_text all;
    for (const Key& key : keys) all.add(key);
    return read<Row>(in, select + " WHERE " + column + " = ANY (" + in.quote(all.take()) + ")");
}

}  // namespace

std::vector<model_row> read_models(pqxx::transaction_base& in) {
    return read<model_row>(in, select_models() + " ORDER BY id");
}
std::vector<route_row> read_routes(pqxx::transaction_base& in) {
    return read<route_row>(in, select_routes() + " ORDER BY name");
}
std::vector<key_row> read_keys(pqxx::transaction_base& in) {
    return read<key_row>(in, select_keys_here(false) + " ORDER BY k.id");
}

std::vector<model_row> read_models(pqxx::transaction_base& in, const std::set<std::int64_t>& ids) {
    return read<model_row>(in, select_models(), "id", ids);
}
std::vector<route_row> read_routes(pqxx::transaction_base& in, const std::set<std::string>& names) {
    return read<route_row>(in, select_routes(), "name", names);
}
std::vector<key_row> read_working_keys(pqxx::transaction_base& in) {
    return read<key_row>(in, select_keys_here(true) + " ORDER BY k.id");
}
std::vector<key_row> read_working_keys(pqxx::transaction_base& in, const std::set<std::int64_t>& ids) {
    return read<key_row>(in, select_keys_here(true), "k.id", ids);
}

std::int64_t read_catalog_version(pqxx::transaction_base& in) {
    const pqxx::result found = in.exec("SELECT version FROM catalog_version");
    if (found.empty()) throw store_error("the table catalog_version is empty; insert its row (1, 1)");
    return found[0][0].as<std::int64_t>();
}

change_log read_change_log(pqxx::transaction_base& in, std::int64_t since) {
    const pqxx::result found =
        in.exec("SELECT version, table_name, row_id FROM catalog_changes WHERE version > " + std::to_string(since) +
                " ORDER BY version LIMIT " + std::to_string(most_changes));
    change_log log(since);
    for (const auto& line : found)
        log.add(line[0].as<std::int64_t>(), line[1].c_str(), {line[2].c_str(), line[2].size()});
    return log;
}

}  // namespace ferry::store::postgres
