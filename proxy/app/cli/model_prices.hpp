// `ferry models prices`.
#pragma once

#include <optional>
#include <string>

#include "app/cli/context.hpp"

namespace ferry::app {

struct model_prices {
    bool apply = false;               // write without asking
    bool dry_run = false;             // neither ask nor write
    bool json = false;                // for programs, which are not asked
    bool replace = false;             // also where a row has another price
    std::optional<std::string> file;  // instead of the table that was compiled in
};

// Shows what the table of published prices says of the rows, asks, and writes it. Where nobody can be asked (standard
// input is no terminal) nothing is written.
void fill_prices(const cli_context& context, const model_prices& wanted);

}  // namespace ferry::app
