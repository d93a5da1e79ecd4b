#include "catalog/secret_source.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace ferry::catalog {
namespace {

constexpr std::string_view env_prefix = "env:";
constexpr std::string_view file_prefix = "file:";
constexpr std::size_t max_secret_bytes = 16 * 1024;

fault unusable(std::string why) {
    return fault::self(fault_code::internal_error, "api_key " + std::move(why));
}

result<secret> from_environment(const std::string& name) {
    const char* value = name.empty() ? nullptr : std::getenv(name.c_str());
    if (!value || !*value)
        return unusable("names the environment variable '" + name +
                        "', which is not set or empty: set it in the environment the proxy is started in");
    return secret(value);
}

result<secret> from_file(const std::string& path) {
    std::error_code error;
    const std::string shown = "names the file '" + std::filesystem::absolute(path, error).string() + "', which ";
    // Only regular files: a pipe or a device could block the thread for ever.
    if (!std::filesystem::is_regular_file(path, error)) return unusable(shown + "is not there or is no regular file");
    std::ifstream file(path, std::ios::binary);
    if (!file) return unusable(shown + "cannot be opened: let the proxy's user read it");
    std::string text(max_secret_bytes + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad()) return unusable(shown + "cannot be read");
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > max_secret_bytes)
        return unusable(shown + "is larger than 16 KiB: a key file holds the key alone");
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    if (text.empty()) return unusable(shown + "is empty");
    return secret(std::move(text));
}

}  // namespace

bool is_secret_reference(std::string_view api_key) {
    return api_key.starts_with(env_prefix) || api_key.starts_with(file_prefix);
}

result<secret> read_secret(std::string_view reference) {
    if (reference.starts_with(env_prefix)) return from_environment(std::string(reference.substr(env_prefix.size())));
    return from_file(std::string(reference.substr(file_prefix.size())));
}

}  // namespace ferry::catalog
