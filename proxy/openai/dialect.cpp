#include "openai/dialect.hpp"

#include <array>

namespace ferry::openai {

dialect find_dialect(std::string_view beginning) {
    constexpr std::string_view bom = "\xef\xbb\xbf";
    constexpr std::array<std::string_view, 5> fields = {":", "data:", "event:", "id:", "retry:"};
    if (beginning.starts_with(bom)) beginning.remove_prefix(bom.size());
    if (!beginning.empty() && bom.starts_with(beginning)) return dialect::undecided;
    const auto first = beginning.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return dialect::undecided;
    beginning.remove_prefix(first);
    for (const auto field : fields) {
        if (beginning.starts_with(field)) return dialect::events;
        if (field.starts_with(beginning)) return dialect::undecided;
    }
    const bool is_json = std::string_view("{[\"-0123456789tfn").find(beginning.front()) != std::string_view::npos;
    return is_json ? dialect::document : dialect::other;
}

}  // namespace ferry::openai
