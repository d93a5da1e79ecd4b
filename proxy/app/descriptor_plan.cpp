#include "app/descriptor_plan.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace ferry::app {

namespace {

constexpr std::int64_t for_files = 40;
constexpr std::int64_t most_limit = std::int64_t{1} << 30;
constexpr std::int64_t fewest_clients = 2;

}  // namespace

descriptor_plan plan_descriptors(std::int64_t limit, std::int64_t open, std::int64_t max_connections) {
    const auto reserved = open + for_files + most_over + most_operators;
    const auto left = std::max(limit - reserved, 2 * fewest_clients);
    descriptor_plan plan;
    plan.limit = limit;
    plan.clients = std::min(max_connections, left / 2);
    plan.upstreams = left - plan.clients;
    plan.wanted = reserved + 2 * max_connections;
    return plan;
}

std::int64_t raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return most_limit;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return static_cast<std::int64_t>(std::min<rlim_t>(limit.rlim_cur, most_limit));
}

}  // namespace ferry::app
