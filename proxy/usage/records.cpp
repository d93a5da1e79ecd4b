#include "usage/records.hpp"

namespace ferry::usage {

std::string_view to_text(basis value) {
    static constexpr std::string_view texts[] = {"provider", "partial", "estimated", "mixed", "none", "interrupted"};
    return texts[static_cast<unsigned>(value)];
}

std::string_view to_text(end_reason value) {
    static constexpr std::string_view texts[] = {"done",    "client_gone", "upstream_cut", "upstream_error",
                                                 "timeout", "shutdown",    "refused",      "crash"};
    return texts[static_cast<unsigned>(value)];
}

}  // namespace ferry::usage
