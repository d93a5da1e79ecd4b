// The models as `serve` would read them from the store now.
#pragma once

#include <string>

#include "app/cli/context.hpp"
#include "catalog/loader.hpp"

namespace ferry::app {

// Throws store::store_error. Keys that rows name (`env:`, `file:`) are read as this command's user and environment have
// them, which may be others than those of the service.
catalog::published read_catalog(const cli_context& context);

// The enabled, usable row meant by an id or a name. Throws std::runtime_error that says why there is none: unknown,
// disabled, refused with its reason, or several.
const catalog::candidate& find_usable_row(const catalog::published& from, const std::string& which);

}  // namespace ferry::app
