// Brings a database's schema up to date and keeps account of it in schema_migrations.
#pragma once

#include <span>
#include <vector>

#include "store/database.hpp"
#include "store/migration.hpp"
#include "store/postgres/link.hpp"

namespace ferry::store::postgres {

// What of `known` was not applied yet. Throws store_error if one was applied that is not in `known` or that differs
// from the one in `known`.
std::vector<migration_name> pending_migrations(link& to, std::span<const migration> known);

// Applies those, each in a transaction of its own, and returns them. Another program that does the same at the same
// time makes this one wait and then leave out what the other has applied.
std::vector<migration_name> apply_migrations(link& to, std::span<const migration> known);

}  // namespace ferry::store::postgres
