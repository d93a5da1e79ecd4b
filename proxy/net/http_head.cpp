#include "net/http_head.hpp"

#include "net/token.hpp"

namespace ferry::net {

std::optional<std::string_view> http_head::find(std::string_view name) const {
    for (const auto& field : fields) {
        if (field.name.size() == name.size() && same_token(field.name, name)) return field.value;
    }
    return std::nullopt;
}

}  // namespace ferry::net
