#pragma once

#include <string_view>

namespace ferry::bench {

// page.html with its style and scripts in it, up to where the runs stand and from there on. Made by embed_page.cmake.
extern const std::string_view page_before_runs;
extern const std::string_view page_after_runs;

}  // namespace ferry::bench
