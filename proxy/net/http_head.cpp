#include "net/http_head.hpp"

#include "base/ascii.hpp"
#include "net/token.hpp"

namespace ferry::net {

std::optional<std::string_view> http_head::find(std::string_view name) const {
    for (const auto& field : fields) {
        if (field.name.size() == name.size() && same_token(field.name, name)) return field.value;
    }
    return std::nullopt;
}

std::string_view media_type(std::string_view content_type) {
    return trimmed(content_type.substr(0, content_type.find(';')));
}

}  // namespace ferry::net
