#include "openai/number_list.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>
#include <random>
#include <string>

using ferry::openai::number_list;
using ferry::openai::number_list_by_16;

namespace {

std::size_t taken_of(const std::string& list) {
    const char* const begin = list.data();
    const char* const end = begin + list.size();
    const char* const taken = number_list(begin, end);
    BOOST_TEST_REQUIRE((taken == number_list_by_16(begin, end)), list);
    return static_cast<std::size_t>(taken - begin);
}

bool is_json(const std::string& text) {
    boost::system::error_code failed;
    boost::json::parse(text, failed);
    return !failed;
}

std::string random_number(std::mt19937& random) {
    std::string number = random() % 3 == 0 ? "-" : "";
    number += random() % 2 == 0 ? "0" : std::to_string(1 + random() % 999);
    if (random() % 2 == 0) number += "." + std::to_string(random() % 100000);
    return number;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(number_list_suite)

BOOST_AUTO_TEST_CASE(a_long_list_is_passed_but_for_its_end) {
    for (const std::string between : {",", ", "}) {
        std::string list;
        for (int i = 0; i < 2000; ++i) list += "-0.0" + std::to_string(i) + between;
        BOOST_TEST(list.size() - taken_of(list) < 64u + 12u);
        BOOST_TEST(list[taken_of(list) - 1] == ',');
        BOOST_TEST(taken_of(list + "\"a text\"") >= taken_of(list));
    }
}

BOOST_AUTO_TEST_CASE(what_is_passed_are_numbers_each_with_its_comma) {
    constexpr std::string_view put_in = "0123456789.,-,.0 1e+]\n";
    std::mt19937 random(20261127);
    std::size_t passed = 0;
    for (int round = 0; round < 20000; ++round) {
        std::string list;
        while (list.size() < 150) list += random_number(random) + (random() % 4 == 0 ? ", " : ",");
        for (auto changes = random() % 4; changes != 0; --changes)
            list[random() % list.size()] = put_in[random() % put_in.size()];
        const auto taken = taken_of(list);
        if (taken == 0) continue;
        ++passed;
        BOOST_TEST_REQUIRE(list[taken - 1] == ',', list);
        BOOST_TEST_REQUIRE(is_json("[" + list.substr(0, taken - 1) + "]"), list);
    }
#ifdef __x86_64__
    BOOST_TEST(passed > 10000u);
#endif
}

BOOST_AUTO_TEST_CASE(an_odd_number_is_left_to_who_reads_it_byte_by_byte) {
    const std::string plain(66, '1');
    for (const std::string odd :
         {"01", "-01", "1.", ".5", "-.5", "1.2.3", "--1", "1-", "+1", "1e5", "1 2", " ", "", "NaN"}) {
        BOOST_TEST(taken_of("1,2," + odd + "," + plain) == 4u, odd);
        BOOST_TEST(taken_of(odd + "," + plain) == 0u, odd);
    }
}

BOOST_AUTO_TEST_SUITE_END()
