// What a wait for one of an endpoint's connections brings.
#pragma once

#include "upstream/pool.hpp"

namespace ferry::upstream {

struct pool::turn {
    std::unique_ptr<connection> given;  // another request's; null: one may be made
    endpoint_socket place;
};

}  // namespace ferry::upstream
