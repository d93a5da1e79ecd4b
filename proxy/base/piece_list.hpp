// A text in pieces that lie elsewhere.
#pragma once

#include <boost/container/small_vector.hpp>
#include <string_view>

namespace ferry {

// A body or head as views, in order. The few pieces an ordinary message has need no allocation.
using piece_list = boost::container::small_vector<std::string_view, 6>;

}  // namespace ferry
