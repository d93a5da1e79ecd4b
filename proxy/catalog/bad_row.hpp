#pragma once

#include <string>
#include <utility>

#include "base/fault.hpp"

namespace ferry::catalog {

// What a row of the store says cannot be used: `why` names the column, for the operator.
inline fault bad_row(std::string why) {
    return fault::self(fault_code::internal_error, std::move(why));
}

}  // namespace ferry::catalog
