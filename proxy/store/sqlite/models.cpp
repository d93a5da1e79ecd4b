#include "store/sqlite/models.hpp"

#include <string>

#include "store/model_columns.hpp"
#include "store/sqlite/readers.hpp"
#include "store/sqlite/row_writer.hpp"

namespace ferry::store::sqlite {

catalog_rows models::load_catalog() {
    connection& db = link_.get();
    transaction one_view(db, transaction::intent::reading);
    catalog_rows rows;
    rows.version = read_catalog_version(db);
    rows.models = read_models(db);
    rows.routes = read_routes(db);
    rows.keys = read_working_keys(db);
    one_view.commit();
    return rows;
}

std::optional<catalog_changes> models::load_changes(std::int64_t since) {
    connection& db = link_.get();
    transaction one_view(db, transaction::intent::reading);
    catalog_changes changes;
    changes.version = read_catalog_version(db);
    const change_log log = read_change_log(db, since);
    if (!log.is_complete(changes.version)) return std::nullopt;
    changes.models = read_models(db, log.models);
    changes.routes = read_routes(db, log.routes);
    changes.keys = read_working_keys(db, log.keys);
    one_view.commit();
    name_what_is_gone(log, changes);
    return changes;
}

std::int64_t models::change_token() {
    return read_catalog_version(link_.get());
}

std::vector<model_row> models::list_models() {
    return read_models(link_.get());
}

std::int64_t models::add_model(std::span<const column_value> values) {
    require_model_columns(values);
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
    require_model_columns(values);
    return update_row(link_.get(), "ai_models", id, values);
}

bool models::remove_model(std::int64_t id) {
    connection& db = link_.get();
    db.prepare("DELETE FROM ai_models WHERE id = ?").bind(id).run();
    return db.changes() == 1;
}

}  // namespace ferry::store::sqlite
