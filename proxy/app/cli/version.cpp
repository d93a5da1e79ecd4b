#include <fmt/format.h>
#ifdef FERRY_MIMALLOC
#include <mimalloc.h>
#endif
#include <openssl/crypto.h>
#include <spdlog/version.h>
#include <toml++/impl/version.h>

#include <CLI/CLI.hpp>
#include <boost/version.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/context.hpp"

namespace ferry::app {
namespace {

#if defined(__clang__)
constexpr auto compiler = "clang " __clang_version__;
#else
constexpr auto compiler = "g++ " __VERSION__;
#endif

std::string three(int major, int minor, int patch) {
    return fmt::format("{}.{}.{}", major, minor, patch);
}

std::vector<std::pair<std::string, std::string>> library_versions() {
    return {
        {"boost", three(BOOST_VERSION / 100'000, BOOST_VERSION / 100 % 1'000, BOOST_VERSION % 100)},
        {"openssl", OpenSSL_version(OPENSSL_VERSION_STRING)},
        {"sqlite", FERRY_SQLITE_VERSION},
        {"toml++", three(TOML_LIB_MAJOR, TOML_LIB_MINOR, TOML_LIB_PATCH)},
        {"spdlog", three(SPDLOG_VER_MAJOR, SPDLOG_VER_MINOR, SPDLOG_VER_PATCH)},
        {"fmt", three(FMT_VERSION / 10'000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
        {"cli11", CLI11_VERSION},
#ifdef FERRY_MIMALLOC
        {"mimalloc", three(mi_version() / 100, mi_version() / 10 % 10, mi_version() % 10)},
#endif
    };
}

void print_version(bool json) {
    if (!json) {
        fmt::print("ferry {}\ncommit {}\ncompiler {}\n", FERRY_VERSION, FERRY_COMMIT, compiler);
        for (const auto& [name, version] : library_versions()) fmt::print("{} {}\n", name, version);
        return;
    }
    std::string libraries;
    for (const auto& [name, version] : library_versions()) {
        libraries += fmt::format(R"({}"{}":"{}")", libraries.empty() ? "" : ",", name, version);
    }
    fmt::print(R"({{"version":"{}","commit":"{}","compiler":"{}","libraries":{{{}}}}})"
               "\n",
               FERRY_VERSION, FERRY_COMMIT, compiler, libraries);
}

}  // namespace

void add_version_command(CLI::App& app, cli_context&) {
    auto* command = app.add_subcommand("version", "Print version, commit, compiler and library versions");
    auto json = std::make_shared<bool>(false);
    command->add_flag("--json", *json, "As one JSON object");
    command->callback([json] { print_version(*json); });
}

}  // namespace ferry::app
