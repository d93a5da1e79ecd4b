// Loads configuration from a text, and shows what was found as the operator sees it, the file's path written `F`.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "app/config/settings.hpp"

namespace ferry::test {

// A folder of its own for one test, removed with it.
class scratch_folder {
public:
    scratch_folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "ferry-app-test-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    ~scratch_folder() { std::filesystem::remove_all(path_); }
    scratch_folder(const scratch_folder&) = delete;
    scratch_folder& operator=(const scratch_folder&) = delete;

    std::string operator/(const std::string& name) const { return (path_ / name).string(); }
    std::string string() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

inline void write_file(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

inline std::vector<std::string> shown(const std::vector<app::config_fault>& faults, const std::string& path = {}) {
    std::vector<std::string> texts;
    for (const auto& fault : faults) {
        std::string text = app::to_text(fault);
        if (!path.empty() && text.starts_with(path)) text.replace(0, path.size(), "F");
        texts.push_back(text);
    }
    return texts;
}

struct loaded_text {
    app::settings settings;
    std::vector<std::string> faults, warnings;
};

inline loaded_text load_text(const std::string& toml) {
    const scratch_folder folder;
    const std::string path = folder / "ferry.toml";
    write_file(path, toml);
    const auto result = app::load_settings({path, {}, {}});
    return {result.loaded, shown(result.faults, path), shown(result.warnings, path)};
}

inline loaded_text load_sources(std::map<std::string, std::string> environment, std::vector<std::string> sets = {}) {
    const auto result = app::load_settings({std::nullopt, std::move(sets), std::move(environment)});
    return {result.loaded, shown(result.faults), shown(result.warnings)};
}

// The root of the sources, where config/ is.
inline std::filesystem::path source_root() {
    return FERRY_SOURCE_DIR;
}

}  // namespace ferry::test
