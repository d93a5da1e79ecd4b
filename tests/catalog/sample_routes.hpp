#pragma once

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <string_view>
#include <vector>

#include "catalog/routing.hpp"
#include "sample_rows.hpp"

namespace ferry::catalog::samples {

using ids = std::vector<std::int64_t>;

// Every draw takes the lowest number.
inline std::uint64_t lowest(std::uint64_t) {
    return 0;
}

inline request_choice by_model(std::string_view name) {
    request_choice choice;
    choice.model = name;
    return choice;
}

inline ids order(const built_catalog& built, const request_choice& choice, const random_below& random = lowest) {
    const auto route = choose(*built.models, choice, random);
    BOOST_REQUIRE_MESSAGE(route, route.error().message);
    ids made;
    for (const auto* candidate : route->candidates) made.push_back(candidate->id);
    return made;
}

}  // namespace ferry::catalog::samples

#define CHECK_ORDER(actual, ...) BOOST_TEST((actual) == (ids{__VA_ARGS__}), boost::test_tools::per_element())
