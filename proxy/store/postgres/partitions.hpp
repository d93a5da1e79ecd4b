#pragma once

#include <string>

#include "store/postgres/link.hpp"

namespace ferry::store::postgres {

// Makes the partitions of this month and the next two where they are missing. Returns why some could not be made, "" if
// all are there. Throws the store's errors.
std::string make_partitions(link& to);

}  // namespace ferry::store::postgres
