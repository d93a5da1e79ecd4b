#include "openai/dialect.hpp"

#include <array>

#include "base/ascii.hpp"
#include "openai/byte_order_mark.hpp"

namespace ferry::openai {

dialect find_dialect(std::string_view beginning) {
    constexpr std::array<std::string_view, 5> fields = {":", "data:", "event:", "id:", "retry:"};
    if (beginning.starts_with(byte_order_mark)) beginning.remove_prefix(byte_order_mark.size());
    if (!beginning.empty() && byte_order_mark.starts_with(beginning)) return dialect::undecided;
    const auto first = beginning.find_first_not_of(white_space);
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
