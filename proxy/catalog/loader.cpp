#include "catalog/loader.hpp"

#include <algorithm>
#include <utility>

namespace ferry::catalog {
namespace {

// Reading all rows again to write them whole takes a second where there are very many.
constexpr auto time_between_saves = std::chrono::minutes(1);

// Why the old models are kept, or "" if the new ones are to be served. Rows that are all disabled are a wish.
std::string accident(const catalog_ptr& old, const catalog_ptr& built, const store::catalog_rows& rows) {
    if (!old || old->empty() || !built->empty()) return {};
    if (rows.models.empty())
        return "ai_models is empty: the models of version " + std::to_string(old->version()) +
               " stay; disable rows to stop serving them";
    if (std::ranges::none_of(rows.models, &store::model_row::is_enabled)) return {};
    return "every enabled row of ai_models is refused: the models of version " + std::to_string(old->version()) +
           " stay until a row is good again";
}

}  // namespace

loader::loader(open_models open, secret_source secrets, snapshot_file kept)
    : open_(std::move(open)), builder_(std::move(secrets)), kept_(std::move(kept)) {}

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
            if (!kept_.confirm()) must_save_ = true;
            return std::nullopt;
        }
        if (auto changed = read_changes(from)) return changed;
        return read(from);
    } catch (...) {
        connection_.reset();
        throw;
    }
}

published loader::load_kept() {
    store::catalog_rows rows = kept_.load();
    return publish_all(rows, false);
}

void loader::keep() {
    const auto saved = std::exchange(to_save_, std::nullopt);
    const auto added = std::exchange(to_add_, {});
    if (saved) save(*saved);
    for (const store::catalog_changes& one : added)
        if (!kept_.add(one)) must_save_ = true;
    if (kept_.has_outgrown()) must_save_ = true;
    const bool may_save = must_save_ && loaded_version_ && !is_old_kept_ && clock::now() >= next_save_;
    if (may_save) save(read_all_again());
}

store::catalog_rows loader::read_all_again() {
    try {
        return connection().load_catalog();
    } catch (...) {
        connection_.reset();
        throw;
    }
}

// Whether it can be written or not, all rows are not read for it again at once.
void loader::save(const store::catalog_rows& rows) {
    next_save_ = clock::now() + time_between_saves;
    must_save_ = true;
    kept_.save(rows);
    must_save_ = false;
}

store::model_store& loader::connection() {
    if (!connection_) connection_ = open_();
    return *connection_;
}

published loader::read(store::model_store& from) {
    store::catalog_rows rows = from.load_catalog();
    loaded_version_.reset();
    const std::int64_t version = rows.version;
    published made = publish_all(rows, true);
    loaded_version_ = version;
    return made;
}

// Nothing where everything has to be read: the store does not know all changes, or no model is left, which may be an
// accident.
std::optional<published> loader::read_changes(store::model_store& from) {
    if (!loaded_version_ || is_old_kept_) return std::nullopt;
    std::optional<store::catalog_changes> changes = from.load_changes(*loaded_version_);
    if (!changes) return std::nullopt;
    loaded_version_.reset();  // what goes wrong half-way is mended by reading everything
    published made;
    made.models = builder_.apply(*changes);
    if (made.models->empty() && !models_->empty()) return std::nullopt;
    made.refused = made.models->shared_refused();
    models_ = made.models;
    loaded_version_ = changes->version;
    auto keys = std::make_shared<published_keys>();
    keys->are_all = false;
    keys->gone = changes->keys_gone;
    if (kept_.is_wanted()) {
        keys->rows = changes->keys;
        to_add_.push_back(std::move(*changes));
    } else {
        keys->rows = std::move(changes->keys);
    }
    made.keys = std::move(keys);
    return made;
}

published loader::publish_all(store::catalog_rows& rows, bool are_fresh) {
    const catalog_ptr built = builder_.build(rows);
    published made;
    made.kept_because = accident(models_, built, rows);
    is_old_kept_ = !made.kept_because.empty();
    made.models = is_old_kept_ ? models_ : built;
    made.refused = built->shared_refused();
    models_ = made.models;
    auto keys = std::make_shared<published_keys>();
    to_add_.clear();
    to_save_.reset();
    if (kept_.is_wanted() && are_fresh && !is_old_kept_) {
        keys->rows = rows.keys;
        to_save_ = std::move(rows);
    } else {
        keys->rows = std::move(rows.keys);
    }
    made.keys = std::move(keys);
    return made;
}

}  // namespace ferry::catalog
