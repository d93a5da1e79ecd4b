#include "store/sqlite/readers.hpp"

#include <utility>

#include "store/catalog_rows.hpp"
#include "store/people_sql.hpp"
#include "store/sqlite/row_reader.hpp"
#include "store/store_error.hpp"

namespace ferry::store::sqlite {
namespace {

constexpr const char* select_models =
    "SELECT id, model_name, display_name, provider, api_endpoint, api_key, cost_per_1k_tokens, input_cost_per_1k,"
    " output_cost_per_1k, cached_input_cost_per_1k, currency, is_enabled, priority, weight, upstream_model,"
    " fallback_model, auth_scheme, extra_headers, extra_body, proxy, connect_timeout_ms, first_byte_timeout_ms,"
    " idle_timeout_ms, total_timeout_ms, max_context_tokens, max_parallel, queue_timeout_ms, capabilities, "
    "unit_prices, created_at FROM ai_models";

constexpr const char* select_routes = "SELECT name, strategy, members, is_enabled FROM model_routes";

std::string select_keys_here(bool as_used) {
    return select_keys(as_used, [](const char* column) { return std::string(column); });
}

template <class Row>
void append_rows(query& found, std::vector<Row>& rows) {
    while (found.step()) {
        Row row;
        read_row(row_reader(found, row.defect), row);
        rows.push_back(std::move(row));
    }
}

template <class Row>
std::vector<Row> read_all(connection& db, const std::string& sql) {
    std::vector<Row> rows;
    query found = db.prepare_once(sql);
    append_rows(found, rows);
    return rows;
}

// `sql` is static: a statement is remembered by the address of its text.
template <class Row, class Key>
std::vector<Row> read_some(connection& db, const std::string& sql, const std::set<Key>& keys) {
    std::vector<Row> rows;
    for (const Key& key : keys) {
        query found = db.prepare(sql.c_str());
        found.bind(key);
        append_rows(found, rows);
    }
    return rows;
}

}  // namespace

std::vector<model_row> read_models(connection& db) {
    return read_all<model_row>(db, std::string(select_models) + " ORDER BY id");
}
std::vector<route_row> read_routes(connection& db) {
    return read_all<route_row>(db, std::string(select_routes) + " ORDER BY name");
}
std::vector<key_row> read_keys(connection& db) {
    return read_all<key_row>(db, select_keys_here(false) + " ORDER BY k.id");
}

std::vector<model_row> read_models(connection& db, const std::set<std::int64_t>& ids) {
    static const std::string sql = std::string(select_models) + " WHERE id = ?";
    return read_some<model_row>(db, sql, ids);
}
std::vector<route_row> read_routes(connection& db, const std::set<std::string>& names) {
    static const std::string sql = std::string(select_routes) + " WHERE name = ?";
    return read_some<route_row>(db, sql, names);
}
std::vector<key_row> read_working_keys(connection& db) {
    return read_all<key_row>(db, select_keys_here(true) + " ORDER BY k.id");
}
std::vector<key_row> read_working_keys(connection& db, const std::set<std::int64_t>& ids) {
    static const std::string sql = select_keys_here(true) + " WHERE k.id = ?";
    return read_some<key_row>(db, sql, ids);
}

std::int64_t read_catalog_version(connection& db) {
    query found = db.prepare("SELECT version FROM catalog_version");
    if (!found.step()) throw store_error("the table catalog_version is empty; insert its row (1, 1)");
    return found.integer(0);
}

change_log read_change_log(connection& db, std::int64_t since) {
    query found = db.prepare(
        "SELECT version, table_name, row_id FROM catalog_changes WHERE version > ? ORDER BY version LIMIT ?");
    found.bind(since).bind(most_changes);
    change_log log(since);
    while (found.step()) log.add(found.integer(0), found.text(1), found.text(2));
    return log;
}

}  // namespace ferry::store::sqlite
