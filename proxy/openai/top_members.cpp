#include "openai/top_members.hpp"

#include "openai/json_scanner.hpp"

namespace ferry::openai {

namespace {

struct name_collector {
    std::vector<std::string> names;

    static constexpr std::size_t text_max = std::string::npos;

    bool open(json_kind, std::size_t, int depth) { return depth == 0; }
    json_heed key(const json_token& token) {
        names.emplace_back(token.text);
        return json_heed::none;
    }
    bool scalar(const json_token&) { return true; }
    bool close(json_kind, std::size_t, int) { return true; }
};

}  // namespace

std::vector<std::string> top_member_names(std::string_view body) {
    name_collector collector;
    json_scanner<name_collector, false> scanner(collector, json_depth_max);
    scanner.feed(body);
    return std::move(collector.names);
}

}  // namespace ferry::openai
