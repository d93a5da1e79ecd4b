// The rows of the catalog as lines of JSON, for the snapshot file: every member by name, absent ones left out. Pure.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "store/rows.hpp"

namespace ferry::catalog {

// In pieces of at least `at_once` bytes, the last excepted.
void write_catalog_text(const store::catalog_rows& rows, std::size_t at_once,
                        const std::function<void(std::string_view piece)>& write);

// To follow the text of the catalog that has changed.
std::string changes_text(const store::catalog_changes& changes);

// The catalog after the last changes whose text is complete. Throws store::store_error if the text is not what
// write_catalog_text() and then changes_text() wrote, in this version of the program or the one before.
store::catalog_rows read_catalog_text(std::string_view text);

}  // namespace ferry::catalog
