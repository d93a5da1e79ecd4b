#include "access/principal.hpp"

#include <algorithm>

namespace ferry::access {

bool principal::may_use(std::string_view model_name) const {
    return !allowed_models || std::binary_search(allowed_models->begin(), allowed_models->end(), model_name);
}

const principal& anonymous_principal() {
    static const principal anyone;
    return anyone;
}

}  // namespace ferry::access
