#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ferry::bench {

// What ferry-bench load or compare wrote with --json.
struct run_file {
    std::string name;  // as it is shown, and spelt in errors
    std::string text;
};

constexpr std::string_view run_schema = "ferry-bench/1";

// Throws std::runtime_error when the file cannot be read.
run_file read_run_file(const std::string& path);

// One HTML document about the files, which needs nothing beside it. Throws std::runtime_error for a file that is no
// result of ferry-bench, in a sentence that names it.
std::string report_page(const std::vector<run_file>& files);

}  // namespace ferry::bench
