#include "upstream/presets.hpp"

#include <boost/json.hpp>
#include <map>
#include <stdexcept>

namespace ferry::bench {
namespace {

namespace json = boost::json;

struct preset {
    std::string_view name, members;
};

constexpr preset presets[] = {
    {"nim-llama-3.1-8b", R"({"engine": {"name": "nim-llama-3.1-8b",
        "ttft_ms": [[1, 10.26], [5, 16.81], [25, 36.34], [50, 67.4], [100, 119.97], [150, 346.53], [200, 465.18],
                    [250, 605.6]],
        "itl_ms": [[1, 4.63], [5, 4.58], [25, 5.19], [50, 5.91], [100, 7.57], [150, 9.81], [200, 12.65], [250, 16.14]],
        "ttft_spread": 0.1, "itl_spread": 0.05}})"},
    {"nim-llama-3.3-70b", R"({"engine": {"name": "nim-llama-3.3-70b",
        "ttft_ms": [[1, 406.77], [5, 546.7], [25, 688.69], [50, 834.51]],
        "itl_ms": [[1, 18.58], [5, 21.83], [25, 38.75], [50, 59.73], [85, 92.9]],
        "ttft_spread": 0.1, "itl_spread": 0.05, "most_running": 85}})"},
    {"groq-llama-2-70b", R"({"engine": {"name": "groq-llama-2-70b", "ttft_ms": 220, "ttft_spread": 0.2,
        "itl_ms": 5.41, "speed_spread": 0.085}})"},
    {"together-llama-2-70b", R"({"engine": {"name": "together-llama-2-70b", "ttft_ms": 630, "ttft_spread": 0.14,
        "itl_ms": 15.4, "speed_spread": 0.08}})"},
    {"bedrock-llama-2-70b", R"({"engine": {"name": "bedrock-llama-2-70b", "ttft_ms": 390, "ttft_spread": 0.25,
        "itl_ms": 47.6, "speed_spread": 0.07}})"},
    {"replicate-llama-2-70b", R"({"engine": {"name": "replicate-llama-2-70b", "ttft_ms": 1190, "ttft_spread": 1.71,
        "itl_ms": 100, "speed_spread": 0.04}})"},
    {"openai-tier-1", R"({"rate_limit": {"requests_per_minute": 500, "tokens_per_minute": 30000}})"},
    {"groq-free", R"({"rate_limit": {"requests_per_minute": 30, "tokens_per_minute": 12000}})"},
};

const auto& made_presets() {
    static const auto made = [] {
        std::map<std::string_view, std::shared_ptr<const action>> all;
        for (const auto& one : presets) {
            auto of = std::make_shared<action>();
            apply(json::parse({one.members.data(), one.members.size()}).get_object(), *of);
            all[one.name] = std::move(of);
        }
        return all;
    }();
    return made;
}

}  // namespace

std::shared_ptr<const action> find_preset(std::string_view name) {
    const auto found = made_presets().find(name);
    return found == made_presets().end() ? nullptr : found->second;
}

void apply_preset(std::string_view name, action& onto) {
    for (const auto& one : presets) {
        if (one.name == name) return apply(json::parse({one.members.data(), one.members.size()}).get_object(), onto);
    }
    throw std::invalid_argument("one of " + preset_names());
}

std::string preset_names() {
    std::string all;
    for (const auto& one : presets) all.append(all.empty() ? "" : ", ").append(one.name);
    return all;
}

}  // namespace ferry::bench
