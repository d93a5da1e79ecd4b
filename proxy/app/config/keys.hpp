// The one table of configuration keys: the loader, the messages and the tests of config/ferry.toml all read it.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "app/config/settings.hpp"
#include "app/config/value.hpp"

namespace ferry::app {

struct key_rule {
    std::string_view section;
    std::string_view name;
    // Checks the value and puts it where it belongs.
    std::function<verdict(settings&, const raw_value&)> assign;
};

// In the order of config/ferry.toml.
const std::vector<key_rule>& key_table();

// Null if there is no such key.
const key_rule* find_key(std::string_view section, std::string_view name);

// In the order of the table.
const std::vector<std::string_view>& section_names();
std::vector<std::string_view> key_names(std::string_view section);

}  // namespace ferry::app
