#include "store/sqlite/models.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "store/sqlite/readers.hpp"
#include "store/store_error.hpp"

namespace ferry::store::sqlite {
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

// The names become part of a statement, so nothing but a known column may pass.
void require_columns(std::span<const column_value> values) {
    if (values.empty()) throw store_error("no column of ai_models was named; name at least one to write");
    for (const column_value& value : values) {
        if (std::find(model_columns.begin(), model_columns.end(), value.column) == model_columns.end()) {
            throw store_error("ai_models has no column " + value.column);
        }
    }
}

}  // namespace

catalog_rows models::load_catalog() {
    connection& db = link_.get();
    transaction one_view(db, transaction::intent::reading);
    catalog_rows rows;
    rows.version = read_catalog_version(db);
    rows.models = read_models(db);
    rows.routes = read_routes(db);
    rows.keys = read_keys(db);
    one_view.commit();
    return rows;
}

std::int64_t models::change_token() {
    return read_catalog_version(link_.get());
}

std::vector<model_row> models::list_models() {
    return read_models(link_.get());
}

std::int64_t models::add_model(std::span<const column_value> values) {
    require_columns(values);
    std::string names, marks;
    for (const column_value& value : values) {
        names.append(names.empty() ? "" : ", ").append(value.column);
        marks.append(marks.empty() ? "?" : ", ?");
    }
    connection& db = link_.get();
    query insert = db.prepare_once("INSERT INTO ai_models (" + names + ") VALUES (" + marks + ")");
    for (const column_value& value : values) insert.bind(value.value);
    insert.run();
    return db.last_insert_id();
}

bool models::change_model(std::int64_t id, std::span<const column_value> values) {
    require_columns(values);
    std::string assignments;
    for (const column_value& value : values) {
        assignments.append(assignments.empty() ? "" : ", ").append(value.column).append(" = ?");
    }
    connection& db = link_.get();
    query update = db.prepare_once("UPDATE ai_models SET " + assignments + " WHERE id = ?");
    for (const column_value& value : values) update.bind(value.value);
    update.bind(id).run();
    return db.changes() == 1;
}

bool models::remove_model(std::int64_t id) {
    connection& db = link_.get();
    db.prepare("DELETE FROM ai_models WHERE id = ?").bind(id).run();
    return db.changes() == 1;
}

}  // namespace ferry::store::sqlite
