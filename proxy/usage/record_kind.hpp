// What kinds of records there are: the second byte of each.
#pragma once

namespace ferry::usage {

enum class record_kind : unsigned char { begin = 1, attempt = 2, end = 3, seal = 4, turn_part = 5 };

}  // namespace ferry::usage
