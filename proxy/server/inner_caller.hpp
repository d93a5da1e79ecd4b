// A request of this process to itself, on behalf of a client.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace ferry::server {

// Whose it is, where its connection cannot tell.
struct inner_caller {
    std::string_view operation;  // as its usage row names it
    std::string address;         // of the client
};

// Serves the socket on this core, as an accepted one. Owns it.
using inner_server = std::function<void(int fd, inner_caller caller)>;

}  // namespace ferry::server
