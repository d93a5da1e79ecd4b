// Which operation a method and path mean. Exact paths only: nothing is normalised, so nothing can be smuggled past.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/fault.hpp"
#include "openai/operation.hpp"

namespace ferry::server {

struct matched_operation {
    const openai::operation* what = nullptr;
    std::string model;       // where the path names it, percent-decoded once
    std::string_view below;  // the path below /v1: a view into the target, as `id` is
    std::string_view id;     // the first in the path, "" if there is none
};

// Paths that no operation has, and that are served all the same.
using further_paths = std::function<bool(std::string_view below)>;

// Operations are served under /v1 and /api/v1, and as Azure spells them; HEAD is GET. Faults: unknown_url, whose
// message names the nearest right URL for a trailing slash or a missing /v1; method_not_allowed, with `allow`.
result<matched_operation> find_operation(std::string_view method, std::string_view target,
                                         const further_paths& is_further = {});

}  // namespace ferry::server
