// What every store's migrator decides alike: which migrations are pending, and whether the store and this program agree
// about those that were applied. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/database.hpp"
#include "store/migration.hpp"

namespace ferry::store {

struct applied_migration {
    std::string name;
    std::string checksum;
};
using applied_migrations = std::map<std::int64_t, applied_migration>;  // by version, as schema_migrations has them

// "0001_initial"
std::string migration_title(std::int64_t version, std::string_view name);

// Throws store_error if one was applied that is not in `known`, or that differs from the one in `known`.
void require_compatible(const applied_migrations& done, std::span<const migration> known);

// What of `known` was not applied, in order.
std::vector<migration_name> missing_migrations(const applied_migrations& done, std::span<const migration> known);

}  // namespace ferry::store
