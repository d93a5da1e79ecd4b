// Checks of texts that name places: sockets, networks, files, the store. Each returns what is wrong, "" if nothing.
#pragma once

#include <string>
#include <vector>

namespace ferry::app {

// `IPv4:port`, `[IPv6]:port` or `unix:/path`; a relative path is made absolute in place.
std::string check_listen_address(std::string& address);

// No two entries alike (port 0 may repeat), at least one entry.
std::string check_listen_addresses(std::vector<std::string>& addresses);

// An IPv4 or IPv6 network such as `10.0.0.0/8`; a bare address stands for itself.
std::string check_network(const std::string& network);

// `scheme://host` or `scheme://host:port` as browsers send it, or `*`.
std::string check_origin(const std::string& origin);

// `sqlite:PATH`, whose path is made absolute in place, or `postgres://...`. The text is never repeated, since a URL may
// hold a password.
std::string check_store_url(std::string& url);

// Absolute and without `.` and `..`, relative to the working directory; "" stays "".
std::string absolute_path(const std::string& path);

}  // namespace ferry::app
