#pragma once

#include <boost/json/object.hpp>

#include "io/network.hpp"

namespace ferry::bench {

// Lays the members of a script's `network` over `onto`. Throws std::invalid_argument that names the member at fault.
void apply(const boost::json::object& members, network& onto);

}  // namespace ferry::bench
