#include "app/cli/context.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

namespace ferry::app {
namespace {

bool is_relevant(std::string_view name) {
    constexpr auto of_others = std::to_array<std::string_view>(
        {"DATABASE_URL", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"});
    return name.starts_with("FERRY_") || std::find(of_others.begin(), of_others.end(), name) != of_others.end();
}

// Only what the loader looks at: the rest of the environment is nobody's business.
std::map<std::string, std::string> relevant_environment() {
    std::map<std::string, std::string> found;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const std::string_view name = text.substr(0, text.find('='));
        if (name.size() == text.size() || !is_relevant(name)) continue;
        found.emplace(name, text.substr(name.size() + 1));
    }
    return found;
}

}  // namespace

std::optional<std::string> chosen_config_file(const cli_context& context) {
    constexpr auto usual = "config/ferry.toml";
    if (context.config_file) return context.config_file;
    std::error_code ignored;
    if (std::filesystem::exists(usual, ignored)) return usual;
    return std::nullopt;
}

load_result reload_settings(const cli_context& context) {
    return load_settings({chosen_config_file(context), context.sets, relevant_environment()});
}

settings require_settings(const cli_context& context) {
    load_result result = reload_settings(context);
    std::string told;
    for (const auto& warning : result.warnings) told += fmt::format("warning: {}\n", to_text(warning));
    for (const auto& fault : result.faults) told += fmt::format("error: {}\n", to_text(fault));
    write_within_a_second(STDERR_FILENO, told);
    if (!result.faults.empty()) throw exit_with{2};
    return std::move(result.loaded);
}

}  // namespace ferry::app
