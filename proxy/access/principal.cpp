#include "access/principal.hpp"

#include <algorithm>

namespace ferry::access {
namespace {

// Whenever the text does not fit behind the last `*`, that one takes a byte more; earlier ones never need to. So the
// work is at most the product of both lengths.
bool fits(std::string_view pattern, std::string_view text) {
    std::size_t p = 0, t = 0, behind_star = std::string_view::npos, retry_from = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            behind_star = ++p;
            retry_from = t;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++p;
            ++t;
        } else if (behind_star != std::string_view::npos) {
            p = behind_star;
            t = ++retry_from;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace

bool principal::may_use(std::string_view model_name) const {
    if (!allowed_models || std::binary_search(allowed_models->begin(), allowed_models->end(), model_name)) return true;
    return std::any_of(model_patterns.begin(), model_patterns.end(),
                       [model_name](const std::string& pattern) { return fits(pattern, model_name); });
}

std::int64_t principal::max_output_tokens() const {
    std::int64_t most = -1;
    for (const auto& one : limits) {
        if (one.max_output_tokens >= 0 && (most < 0 || one.max_output_tokens < most)) most = one.max_output_tokens;
    }
    return most;
}

const principal& anonymous_principal() {
    static const principal anyone;
    return anyone;
}

}  // namespace ferry::access
