// What the file descriptors a process may open are for.
#pragma once

#include <cstdint>

namespace ferry::app {

struct descriptor_plan {
    std::int64_t limit = 0;      // RLIMIT_NOFILE
    std::int64_t clients = 0;    // client connections: server.max_connections, or fewer where there is no room for them
    std::int64_t upstreams = 0;  // upstream connections, those that lie idle included
    std::int64_t wanted = 0;     // the limit that server.max_connections would need
};

// Connections over server.max_connections, each for a moment: those that are told so, and those that others make room
// for.
constexpr std::int64_t most_over = 32;
// Operators are always answered.
constexpr std::int64_t most_operators = 48;

// Each client connection may need an upstream one. What is `open` before anybody is served, what operators need, and
// files of the journal, the store and look-ups of names come first.
descriptor_plan plan_descriptors(std::int64_t limit, std::int64_t open, std::int64_t max_connections);

// Raises the soft limit, which is often 1024, to the hard one. Tells the limit.
std::int64_t raise_descriptor_limit();

}  // namespace ferry::app
