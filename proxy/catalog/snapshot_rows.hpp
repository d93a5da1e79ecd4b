// The rows of the catalog as JSON, for the snapshot file: every member by name, absent ones left out. Pure.
#pragma once

#include <string>
#include <string_view>

#include "store/rows.hpp"

namespace ferry::catalog {

std::string catalog_text(const store::catalog_rows& rows);

// Throws store::store_error if the text is not what catalog_text() wrote, in this version of the program.
store::catalog_rows read_catalog_text(std::string_view text);

}  // namespace ferry::catalog
