#include "openai/role_finder.hpp"

#include <cstring>
#include <string>
#include <utility>

#include "openai/byte_order_mark.hpp"
#include "openai/json_scanner.hpp"
#include "openai/json_text.hpp"

namespace ferry::openai {
namespace {

struct role_search {
    std::string_view wanted;
    std::vector<span> found{};

    static constexpr std::size_t text_max = 64;

    // The body, the array of messages, each message.
    bool open(json_kind kind, std::size_t, int depth) {
        return depth == 1 ? kind == json_kind::array : depth == 0 || (depth == 2 && kind == json_kind::object);
    }
    json_heed key(const json_token& token) {
        if (token.depth == 1) return token.text == "messages" ? json_heed::seen : json_heed::none;
        return token.text == "role" ? json_heed::text : json_heed::none;
    }
    bool scalar(const json_token& token) {
        const bool is_role = token.depth == 3 && token.kind == json_kind::string && token.text == wanted;
        if (is_role) found.push_back({token.begin, token.end});
        return found.size() <= roles_max;
    }
    bool close(json_kind, std::size_t, int) { return true; }
};

}  // namespace

std::vector<span> find_roles(std::string_view body, std::string_view role) {
    const auto quoted = quote_json(role);
    if (::memmem(body.data(), body.size(), quoted.data(), quoted.size()) == nullptr) return {};
    role_search search{role};
    json_scanner<role_search, false> scanner(search, json_depth_max);
    feed_body(scanner, body);
    if (search.found.size() > roles_max) return {};
    return std::move(search.found);
}

}  // namespace ferry::openai
