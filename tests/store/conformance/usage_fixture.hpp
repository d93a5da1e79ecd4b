#pragma once

#include <boost/test/unit_test.hpp>
#include <cstdio>

#include "store/conformance/store_fixture.hpp"
#include "store/store_error.hpp"

namespace ferry::store {

using rows = std::vector<usage_row>;

inline constexpr std::int64_t day_us = 86'400'000'000;

// A UUIDv7 of the time that ends in `last`.
inline std::string id_at(std::int64_t time_us, char last) {
    char text[64];
    const auto milliseconds = static_cast<unsigned long long>(time_us / 1000);
    std::snprintf(text, sizeof text, "%08llx-%04llx-7000-8000-00000000000%c", milliseconds >> 16, milliseconds & 0xffff,
                  last);
    return text;
}

struct usage_fixture : store_fixture {
    std::unique_ptr<usage_store> usage = db->usage();

    std::vector<usage_row> all(const usage_filter& window = {}) {
        std::vector<usage_row> found;
        usage->scan(window, [&found](const usage_row& row) { found.push_back(row); });
        return found;
    }
    std::string ids(const usage_filter& window) {
        std::string found;
        for (const usage_row& row : all(window)) found += row.request_id;
        return found;
    }
};

}  // namespace ferry::store
