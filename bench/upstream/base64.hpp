#pragma once

#include <string>
#include <string_view>

namespace ferry::bench {

std::string to_base64(std::string_view bytes);

// False if `text` is not base64 with its padding.
bool from_base64(std::string_view text, std::string& out);

}  // namespace ferry::bench
