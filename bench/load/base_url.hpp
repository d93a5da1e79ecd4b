#pragma once

#include <cstdint>
#include <string>

namespace ferry::bench {

struct base_url {
    bool is_tls = false;
    std::string host;  // IPv6 without brackets
    std::uint16_t port = 80;
    std::string path;  // "/v1", or "": never ends in a slash

    std::string authority() const;  // for the Host header
};

// Throws std::invalid_argument that says what is wrong and what a base URL looks like.
base_url parsed_base_url(const std::string& text);

}  // namespace ferry::bench
