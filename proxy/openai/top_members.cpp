#include "openai/top_members.hpp"

#include "openai/json_scanner.hpp"

namespace ferry::openai {

namespace {

struct name_collector {
    std::vector<std::string> names;

    bool begin(json_kind kind, std::size_t, int depth) {
        const bool wanted = kind == json_kind::key && depth == 1;
        if (wanted) names.emplace_back();
        return wanted;
    }
    void text(std::string_view piece) { names.back().append(piece); }
    void lone_surrogate() {}
    bool end(json_kind, std::size_t, int) { return true; }
};

}  // namespace

std::vector<std::string> top_member_names(std::string_view body) {
    name_collector collector;
    json_scanner<name_collector, false> scanner(collector, json_depth_max);
    scanner.feed(body);
    return std::move(collector.names);
}

}  // namespace ferry::openai
