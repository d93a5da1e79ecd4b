#include "http/request.hpp"

#include "http/text.hpp"

namespace ferry::bench {

std::string_view request::header(std::string_view name) const {
    std::size_t at = head.find("\r\n");
    while (at != std::string_view::npos && at + 4 < head.size()) {
        const std::size_t from = at + 2;
        at = head.find("\r\n", from);
        const std::string_view line = head.substr(from, at - from);
        if (line.size() > name.size() && line[name.size()] == ':' && same_word(line.substr(0, name.size()), name)) {
            return trimmed(line.substr(name.size() + 1));
        }
    }
    return {};
}

}  // namespace ferry::bench
