#include "store/postgres/models.hpp"

#include <string>

#include "store/model_columns.hpp"
#include "store/postgres/readers.hpp"
#include "store/postgres/row_writer.hpp"

namespace ferry::store::postgres {

catalog_rows models::load_catalog() {
    return link_.run(access::reading, "read the catalog", [](pqxx::work& in) {
        catalog_rows rows;
        rows.version = read_catalog_version(in);
        rows.models = read_models(in);
        rows.routes = read_routes(in);
        rows.keys = read_working_keys(in);
        return rows;
    });
}

std::optional<catalog_changes> models::load_changes(std::int64_t since) {
    return link_.run(access::reading, "read what has changed in the catalog",
                     [since](pqxx::work& in) -> std::optional<catalog_changes> {
                         catalog_changes changes;
                         changes.version = read_catalog_version(in);
                         const change_log log = read_change_log(in, since);
                         if (!log.is_complete(changes.version)) return std::nullopt;
                         changes.models = read_models(in, log.models);
                         changes.routes = read_routes(in, log.routes);
                         changes.keys = read_working_keys(in, log.keys);
                         name_what_is_gone(log, changes);
                         return changes;
                     });
}

std::int64_t models::change_token() {
    return link_.run(access::reading, "read the catalog's version",
                     [](pqxx::work& in) { return read_catalog_version(in); });
}

std::vector<model_row> models::list_models() {
    return link_.run(access::reading, "read the models", [](pqxx::work& in) { return read_models(in); });
}

std::int64_t models::add_model(std::span<const column_value> values) {
    require_model_columns(values);
    return link_.run(access::writing, "add the model", [values](pqxx::work& in) {
        std::string names, literals;
        for (const column_value& one : values) {
            names.append(names.empty() ? "" : ", ").append(one.column);
            literals.append(literals.empty() ? "" : ", ").append(literal(in, one.value));
        }
        const auto added = in.exec("INSERT INTO ai_models (" + names + ") VALUES (" + literals + ") RETURNING id");
        return added[0][0].as<std::int64_t>();
    });
}

bool models::change_model(std::int64_t id, std::span<const column_value> values) {
    require_model_columns(values);
    return link_.run(access::writing, "change the model",
                     [id, values](pqxx::work& in) { return update_row(in, "ai_models", id, values); });
}

bool models::remove_model(std::int64_t id) {
    return link_.run(access::writing, "remove the model", [id](pqxx::work& in) {
        return in.exec("DELETE FROM ai_models WHERE id = " + std::to_string(id)).affected_rows() == 1;
    });
}

}  // namespace ferry::store::postgres
