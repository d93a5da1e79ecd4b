// Reads the store and makes what is published of it. No threads of its own: the refresher drives it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catalog/builder.hpp"
#include "catalog/snapshot_file.hpp"
#include "store/model_store.hpp"

namespace ferry::catalog {

// One version of the truth, to be posted to the cores. Keys travel as rows: access/ makes its table of them.
struct published {
    catalog_ptr models;                                       // never null
    std::shared_ptr<const std::vector<store::key_row>> keys;  // never null
    std::vector<refused_row> refused;                         // rows of ai_models and model_routes
    std::string kept_because;  // why `models` are an earlier version than the store's; "" if they are not
};

// Owned by: the refresher. Lives on: one thread at a time; load() and load_if_changed() block on the store and throw
// store_error. A connection that has thrown is given up, and the next call opens another.
class loader {
public:
    // `open_models` opens a connection of the loader's own.
    using open_models = std::function<std::unique_ptr<store::model_store>()>;

    loader(open_models open, secret_source secrets, snapshot_file kept = {"", std::chrono::milliseconds(0)});

    // Reads everything, and the keys that rows refer to. Where models were served before and the new read has none (an
    // empty table, or every enabled row refused) the old models stay, for that is more likely an accident than a wish;
    // to stop serving, disable the rows. The client keys are always the new ones.
    published load();

    // Nothing if the store still has the version loaded last.
    std::optional<published> load_if_changed();

    // What the store gave last, to an earlier process perhaps. Throws store_error if that was not kept or is too old.
    published load_kept();

    // Keeps what was loaded last for load_kept(), unless it was kept already. Not done by loading, since it syncs a
    // disk. Throws file_error.
    void keep();

private:
    store::model_store& connection();
    published read(store::model_store& from);
    published publish(const store::catalog_rows& rows);

    open_models open_;
    secret_source secrets_;
    snapshot_file kept_;
    std::unique_ptr<store::model_store> connection_;
    std::optional<std::int64_t> loaded_version_;  // the store's, even where older models were kept
    catalog_ptr models_;                          // what was published last
    std::optional<store::catalog_rows> to_keep_;  // what was loaded last
};

}  // namespace ferry::catalog
