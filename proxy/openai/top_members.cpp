#include "openai/top_members.hpp"

#include "openai/byte_order_mark.hpp"
#include "openai/json_scanner.hpp"

namespace ferry::openai {

namespace {

struct name_check {
    std::span<const std::string_view> wanted;
    std::vector<bool> found;

    static constexpr std::size_t text_max = 4096;

    bool open(json_kind, std::size_t, int depth) { return depth == 0; }
    json_heed key(const json_token& token) {
        for (std::size_t i = 0; i != wanted.size() && !token.is_clipped; ++i) {
            if (token.text == wanted[i]) found[i] = true;
        }
        return json_heed::none;
    }
    bool scalar(const json_token&) { return true; }
    bool close(json_kind, std::size_t, int) { return true; }
};

}  // namespace

std::vector<bool> present_members(std::string_view body, std::span<const std::string_view> names) {
    name_check check{names, std::vector<bool>(names.size())};
    json_scanner<name_check, false> scanner(check, json_depth_max);
    feed_body(scanner, body);
    return std::move(check.found);
}

}  // namespace ferry::openai
