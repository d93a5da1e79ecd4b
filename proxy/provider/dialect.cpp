#include "provider/dialect.hpp"

#include <array>

#include "base/ascii.hpp"
#include "provider/generic.hpp"

namespace ferry::provider {
namespace {

constexpr std::array<std::string_view, 2> openrouter_headers = {"http-referer", "x-title"};

// These answer 400 or 422 to members they do not know, and send the usage anyway.
constexpr dialect strict = {.asks_usage = false};
constexpr dialect old_length = {.length_is_max_tokens = true};
constexpr dialect openrouter = {.kept_alive = std::chrono::minutes(10), .client_headers = openrouter_headers};

struct host_row {
    std::string_view suffix;
    const dialect* speaks;
};

constexpr auto hosts = std::to_array<host_row>({
    {"api.deepseek.com", &deepseek_dialect},
    {"dashscope.aliyuncs.com", &qwen_dialect},
    {"dashscope-intl.aliyuncs.com", &qwen_dialect},
    {"dashscope-us.aliyuncs.com", &qwen_dialect},
    {".maas.aliyuncs.com", &qwen_dialect},
    {"api.mistral.ai", &strict},
    {"generativelanguage.googleapis.com", &strict},
    {"api.moonshot.cn", &old_length},
    {"api.moonshot.ai", &old_length},
    {"openrouter.ai", &openrouter},
});

}  // namespace

const dialect* find_dialect(std::string_view host) {
    const auto name = lower_case(host);
    for (const auto& each : hosts) {
        if (name.ends_with(each.suffix)) return each.speaks;
    }
    return nullptr;
}

}  // namespace ferry::provider
