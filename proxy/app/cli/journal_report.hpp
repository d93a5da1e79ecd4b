// What `ferry journal` prints of a journal's folder.
#pragma once

#include <string>

#include "usage/inspect.hpp"
#include "usage/options.hpp"

namespace ferry::app {

// One line for each process, then what is odd.
std::string journal_as_table(const usage::folder_report& report, const usage::options& chosen);
std::string journal_as_json(const usage::folder_report& report, const usage::options& chosen);

// One line for each segment, then what is damaged.
std::string segments_as_table(const usage::folder_report& report);
std::string segments_as_json(const usage::folder_report& report);

// Something cannot be read, or a segment is not what its process wrote.
bool is_damaged(const usage::folder_report& report);

}  // namespace ferry::app
