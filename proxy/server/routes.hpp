// Which operation a method and path mean. Exact paths only: nothing is normalised, so nothing can be smuggled past.
#pragma once

#include <string>
#include <string_view>

#include "base/fault.hpp"

namespace ferry::server {

enum class operation { chat_completions, list_models, retrieve_model };

struct route {
    operation what = operation::list_models;
    std::string model;  // of retrieve_model: the rest of the path, percent-decoded once
};

// Operations are served under /v1 and /api/v1; HEAD is GET. Faults: unknown_url, whose message names the nearest right
// URL for a trailing slash or a missing /v1; method_not_allowed, with `allow`.
result<route> find_route(std::string_view method, std::string_view target);

}  // namespace ferry::server
