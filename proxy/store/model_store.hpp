#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "store/column_value.hpp"
#include "store/rows.hpp"

namespace ferry::store {

// What the catalog is made from: ai_models, model_routes and api_keys.
// Owned by: the catalog's refresher, or a CLI command. Lives on: one store thread; every call blocks.
class model_store {
public:
    virtual ~model_store() = default;

    // All rows in one read transaction. A row with an unreadable column comes with `defect` set; it never hides others.
    virtual catalog_rows load_catalog() = 0;
    // What has changed since this version, in one read transaction; nothing where the store does not know, for that is
    // long ago or somebody changed the version by hand: then everything has to be loaded.
    virtual std::optional<catalog_changes> load_changes(std::int64_t since) = 0;
    // Equal to the catalog_version of the store as of now, whoever changed it; cheap enough to ask every 250 ms.
    virtual std::int64_t change_token() = 0;

    virtual std::vector<model_row> list_models() = 0;  // by id
    // Returns the new row's id (the one in `values`, if there is an `id` among them). row_refused where a constraint
    // forbids it, store_error for a column that does not exist.
    virtual std::int64_t add_model(std::span<const column_value> values) = 0;
    // False if there is no such row.
    virtual bool change_model(std::int64_t id, std::span<const column_value> values) = 0;
    virtual bool remove_model(std::int64_t id) = 0;
};

}  // namespace ferry::store
