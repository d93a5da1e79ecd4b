// Why a request, or a try, ends although neither it nor an upstream is at fault.
#pragma once

#include "base/fault.hpp"

namespace ferry {

inline fault client_has_left() {
    return fault::client(fault_code::client_gone, "the client went away");
}

inline fault ferry_is_stopping() {
    return fault::self(fault_code::shutting_down, "Ferry is shutting down: send the request again.");
}

inline fault another_was_first() {
    return fault::self(fault_code::internal_error, "Another try had the first content.");
}

}  // namespace ferry
