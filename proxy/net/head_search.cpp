#include "net/head_search.hpp"

#include <cstring>

#include "net/token.hpp"

namespace ferry::net {

head_search::state head_search::look(std::string_view bytes) {
    if (seen_ == 0 && !bytes.empty() && !is_token_char(bytes.front())) {
        return state::not_http;
    }
    while (seen_ < bytes.size()) {
        const auto* found = static_cast<const char*>(std::memchr(bytes.data() + seen_, '\n', bytes.size() - seen_));
        if (found == nullptr) {
            seen_ = bytes.size();
            break;
        }
        const auto at = static_cast<std::size_t>(found - bytes.data());
        seen_ = at + 1;
        if (at == 0 || bytes[at - 1] != '\r') return state::bare_lf;
        if (at >= 3 && bytes[at - 2] == '\n') {
            end_ = at + 1;
            return state::complete;
        }
    }
    return state::incomplete;
}

}  // namespace ferry::net
