#pragma once

#include <string_view>

namespace ferry {

// The trace id of a `traceparent` header: 32 lower-case hexadecimal digits, not all zero; "" where the header is not
// what W3C Trace Context (section 3.2) allows. Pure; points into the header.
std::string_view trace_id_of(std::string_view traceparent);

}  // namespace ferry
