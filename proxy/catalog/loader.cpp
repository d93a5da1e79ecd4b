#include "catalog/loader.hpp"

#include <algorithm>
#include <utility>

namespace ferry::catalog {
namespace {

// Why the old models are kept, or "" if the new ones are to be served. Rows that are all disabled are a wish.
std::string accident(const catalog_ptr& old, const built_catalog& built, const store::catalog_rows& rows) {
    if (!old || old->empty() || !built.models->empty()) return {};
    if (rows.models.empty())
        return "ai_models is empty: the models of version " + std::to_string(old->version()) +
               " stay; disable rows to stop serving them";
    if (std::ranges::none_of(rows.models, &store::model_row::is_enabled)) return {};
    return "every enabled row of ai_models is refused: the models of version " + std::to_string(old->version()) +
           " stay until a row is good again";
}

}  // namespace

loader::loader(open_models open, secret_source secrets, snapshot_file kept)
    : open_(std::move(open)), secrets_(std::move(secrets)), kept_(std::move(kept)) {}

published loader::load() {
    try {
        return read(connection());
    } catch (...) {
        connection_.reset();
        throw;
    }
}

std::optional<published> loader::load_if_changed() {
    try {
        store::model_store& from = connection();
        if (from.change_token() == loaded_version_) {
            kept_.confirm();
            return std::nullopt;
        }
        return read(from);
    } catch (...) {
        connection_.reset();
        throw;
    }
}

published loader::load_kept() {
    return publish(kept_.load());
}

void loader::keep() {
    if (!to_keep_) return;
    const store::catalog_rows rows = *std::exchange(to_keep_, std::nullopt);
    kept_.save(rows);
}

store::model_store& loader::connection() {
    if (!connection_) connection_ = open_();
    return *connection_;
}

published loader::read(store::model_store& from) {
    store::catalog_rows rows = from.load_catalog();
    published made = publish(rows);
    loaded_version_ = rows.version;
    if (made.kept_because.empty()) to_keep_ = std::move(rows);
    return made;
}

published loader::publish(const store::catalog_rows& rows) {
    built_catalog built = build_catalog(rows, secrets_);
    published made;
    made.kept_because = accident(models_, built, rows);
    made.models = made.kept_because.empty() ? std::move(built.models) : models_;
    made.refused = std::move(built.refused);
    made.keys = std::make_shared<const std::vector<store::key_row>>(rows.keys);
    models_ = made.models;
    return made;
}

}  // namespace ferry::catalog
