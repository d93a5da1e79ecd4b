#include "net/media_type.hpp"

#include "base/ascii.hpp"
#include "net/token.hpp"

namespace ferry::net {

std::string_view media_type(std::string_view content_type) {
    return trimmed(content_type.substr(0, content_type.find(';')));
}

bool is_json_type(std::string_view content_type) {
    constexpr std::string_view suffix = "+json";
    const auto type = media_type(content_type);
    return same_token(type, "application/json") ||
           (type.size() > suffix.size() && same_token(type.substr(type.size() - suffix.size()), suffix));
}

}  // namespace ferry::net
