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

// The client keys of a publication: all of them, or what has become of some since the publication before. Keys travel
// as rows: access/ makes its table of them.
struct published_keys {
    bool are_all = true;
    std::vector<store::key_row> rows;
    std::vector<std::int64_t> gone;  // ids; none where they are all
};

// One version of the truth, to be posted to the cores.
struct published {
    catalog_ptr models;                          // never null
    std::shared_ptr<const published_keys> keys;  // never null
    refused_ptr refused;                         // rows of ai_models and model_routes; never null
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

    // Nothing if the store still has the version loaded last. Else reads the rows that have changed, and the keys that
    // these rows refer to; or everything, where the store does not know which rows they are.
    std::optional<published> load_if_changed();

    // What was published last did not reach everybody: the next load_if_changed() reads everything.
    void forget() { loaded_version_.reset(); }

    // What the store gave last, to an earlier process perhaps. Throws store_error if that was not kept or is too old.
    published load_kept();

    // Keeps what was loaded for load_kept(), as far as it is not kept already: changes are added to the file. Not done
    // by loading, since it syncs a disk. Where the file could not be written, or has grown to twice its length, it is
    // written whole, at most once a minute. Throws file_error, and store_error where all rows are read again for that.
    void keep();

private:
    using clock = std::chrono::steady_clock;

    store::model_store& connection();
    published read(store::model_store& from);
    std::optional<published> read_changes(store::model_store& from);
    published publish_all(store::catalog_rows& rows, bool are_fresh);
    void save(const store::catalog_rows& rows);
    store::catalog_rows read_all_again();

    open_models open_;
    builder builder_;
    snapshot_file kept_;
    std::unique_ptr<store::model_store> connection_;
    std::optional<std::int64_t> loaded_version_;  // the store's, even where older models were kept
    catalog_ptr models_;                          // what was published last
    bool is_old_kept_ = false;                    // models_ are not what the builder made last
    std::optional<store::catalog_rows> to_save_;  // what was loaded, until keep()
    std::vector<store::catalog_changes> to_add_;  // what was loaded after that
    bool must_save_ = false;                      // the file lacks something, or has grown too long
    clock::time_point next_save_{};               // before that all rows are not read for the file alone
};

}  // namespace ferry::catalog
