// Media types as Content-Type names them (RFC 9110 section 8.3.1).
#pragma once

#include <string_view>

namespace ferry::net {

// Without parameters and the blanks before them; compare with same_token().
std::string_view media_type(std::string_view content_type);

// application/json, or anything ending in +json (RFC 6839 section 3.1).
bool is_json_type(std::string_view content_type);

}  // namespace ferry::net
