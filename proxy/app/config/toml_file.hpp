// A configuration file taken apart into its entries, each with its place; what the keys mean is not known here.
#pragma once

#include <string>
#include <vector>

#include "app/config/settings.hpp"
#include "app/config/value.hpp"

namespace ferry::app {

struct file_entry {
    std::string section;
    std::string key;  // "" where `section` itself is not a table
    raw_value value;
    unsigned line = 0, column = 0;              // of the key, 1-based
    unsigned value_line = 0, value_column = 0;  // of the value
};

// In the order of the file. What keeps the file from being read (missing, not TOML) is one fault.
std::vector<file_entry> read_toml_file(const std::string& path, std::vector<config_fault>& faults);

}  // namespace ferry::app
