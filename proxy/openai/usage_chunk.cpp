#include "openai/usage_chunk.hpp"

#include <algorithm>

#include "openai/json_walk.hpp"

namespace ferry::openai {
namespace {

std::string edited(std::string_view data) {
    std::string out(data);
    std::string_view found;
    bool is_empty = true;
    for_each_member(data, [&](std::string_view key, std::string_view value) {
        is_empty = false;
        if (key == "choices") found = value;
    });
    if (found.data() != nullptr) {
        out.replace(static_cast<std::size_t>(found.data() - data.data()), found.size(), "[]");
    } else {
        out.insert(data.find('{') + 1, is_empty ? "\"choices\":[]" : "\"choices\":[],");
    }
    return out;
}

}  // namespace

std::string with_empty_choices(const sse_event& event, std::string_view data) {
    auto text = edited(data);
    if (event.data_lines == 1) {
        const auto at = static_cast<std::size_t>(event.data.data() - event.raw.data());
        std::string out(event.raw.substr(0, at));
        return out.append(text).append(event.raw.substr(at + event.data.size()));
    }
    // Between the lines of one JSON text stands nothing but white space.
    std::replace(text.begin(), text.end(), '\n', ' ');
    return "data: " + text + "\n\n";
}

}  // namespace ferry::openai
