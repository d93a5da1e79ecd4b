// Makes a catalog of the store's rows. Pure: what lies outside (the keys that rows refer to) is passed in.
#pragma once

#include <memory>
#include <vector>

#include "catalog/catalog.hpp"
#include "catalog/refused_row.hpp"
#include "catalog/secret_source.hpp"
#include "store/rows.hpp"

namespace ferry::catalog {

struct built_catalog {
    catalog_ptr models;  // never null
    std::vector<refused_row> refused;
};

// Checks and resolves every enabled row. A bad row is refused by name and the others are served; a disabled row is
// neither served nor checked. No byte of a row reaches a request head or body unchecked.
built_catalog build_catalog(const store::catalog_rows& rows, const secret_source& secrets);

}  // namespace ferry::catalog
