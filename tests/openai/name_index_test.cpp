#include "openai/name_index.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace ferry::openai;

namespace {

std::size_t comparisons = 0;

struct counting_less {
    bool operator()(std::string_view a, std::string_view b) const {
        ++comparisons;
        return a < b;
    }
};

struct list {
    std::vector<std::string> names;
    name_index<counting_less> index;

    std::size_t find(std::string_view name) {
        return index.find(name, names.size(), [this](std::size_t place) { return std::string_view(names[place]); });
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(name_index_suite)

BOOST_AUTO_TEST_CASE(every_name_is_found_at_its_place_while_the_list_grows) {
    list all;
    for (int i = 0; i != 300; ++i) {
        const auto name = std::to_string(i * 7919 % 300);
        BOOST_TEST_REQUIRE(all.find(name) == all.names.size());
        all.names.push_back(name);
        BOOST_TEST_REQUIRE(all.find(name) == static_cast<std::size_t>(i));
        BOOST_TEST_REQUIRE(all.find(all.names[static_cast<std::size_t>(i) / 2]) == static_cast<std::size_t>(i) / 2);
    }
    BOOST_TEST(all.find("300") == 300u);
    all.names.erase(all.names.begin());
    all.index.clear();
    BOOST_TEST(all.find(all.names[7]) == 7u);
    BOOST_TEST(all.find("0") == 299u);
}

BOOST_AUTO_TEST_CASE(the_comparisons_of_a_search_grow_with_the_logarithm_of_the_list) {
    for (const std::size_t count : {100u, 1000u, 10000u}) {
        list all;
        comparisons = 0;
        for (std::size_t i = 0; i != count; ++i) {
            all.find("member" + std::to_string(i));
            all.names.push_back("member" + std::to_string(i));
        }
        BOOST_TEST(comparisons < count * 40);
    }
}

BOOST_AUTO_TEST_SUITE_END()
