// Makes catalogs of the store's rows. Pure: what lies outside (the keys that rows refer to) is passed in.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
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

// Makes one catalog after another: all of it, or from the one before what has changed. Every enabled row is checked and
// resolved: a bad one is refused by name and the others are served; a disabled row is neither served nor checked. No
// byte of a row reaches a request head or body unchecked.
// Owned by: the loader. Lives on: its thread; the catalogs it has made are of any thread.
class builder {
public:
    explicit builder(secret_source secrets) : secrets_(std::move(secrets)) {}

    // Reads the keys that rows refer to, of all rows.
    catalog_ptr build(const store::catalog_rows& all);
    // The catalog after the last one, of these rows' keys alone. Takes time as the changes are many, not as the catalog
    // is large. REQUIRES: build() was called before; `changes` are all since the last catalog.
    catalog_ptr apply(const store::catalog_changes& changes);

private:
    class step;

    secret_source secrets_;
    catalog::parts now_;                                  // of the last catalog
    std::map<std::int64_t, refused_row> refused_models_;  // by id
    std::map<std::string, store::route_row> routes_;      // the enabled ones
    std::map<std::string, std::vector<refused_row>> refused_routes_;
    // Which routes a name matters to: those that have it as a member, or are called so.
    std::unordered_map<std::string, std::set<std::string>> routes_about_;
    std::unordered_map<std::string, std::vector<std::string>> names_of_;  // the same, by route
};

built_catalog build_catalog(const store::catalog_rows& rows, const secret_source& secrets);

}  // namespace ferry::catalog
