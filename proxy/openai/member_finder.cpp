#include "openai/member_finder.hpp"

#include "openai/byte_order_mark.hpp"
#include "openai/json_scanner.hpp"

namespace ferry::openai {
namespace {

struct name_search {
    std::string_view wanted;
    std::size_t key_at = 0, value_at = 0;
    std::optional<member_span> found{};

    static constexpr std::size_t text_max = 4096;

    bool open(json_kind, std::size_t offset, int depth) {
        if (depth == 1) value_at = offset;
        return depth == 0;
    }
    json_heed key(const json_token& token) {
        key_at = token.begin;
        return token.text == wanted ? json_heed::seen : json_heed::none;
    }
    bool scalar(const json_token& token) {
        if (token.depth == 1) found = {{key_at, token.end}, {token.begin, token.end}};
        return true;
    }
    bool close(json_kind, std::size_t offset, int depth) {
        if (depth == 1) found = {{key_at, offset}, {value_at, offset}};
        return true;
    }
};

}  // namespace

std::optional<member_span> find_member(std::string_view body, std::string_view name) {
    name_search search{name};
    json_scanner<name_search, false> scanner(search, json_depth_max);
    feed_body(scanner, body);
    return search.found;
}

}  // namespace ferry::openai
