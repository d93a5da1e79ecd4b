#include "workload/sizes.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "bench_workload/scratch_file.hpp"

using ferry::bench::dice;
using ferry::bench::sizes;

namespace {

struct drawn {
    double mean = 0, deviation = 0;
    std::uint32_t least = 0, most = 0;
};

drawn ten_thousand(const sizes& of) {
    dice from(7);
    std::vector<double> all;
    for (int i = 0; i < 10'000; ++i) all.push_back(of.draw(from));
    drawn d;
    for (const auto x : all) d.mean += x / 10'000;
    for (const auto x : all) d.deviation += (x - d.mean) * (x - d.mean) / 10'000;
    d.deviation = std::sqrt(d.deviation);
    d.least = static_cast<std::uint32_t>(*std::min_element(all.begin(), all.end()));
    d.most = static_cast<std::uint32_t>(*std::max_element(all.begin(), all.end()));
    return d;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sizes_of_texts)

BOOST_AUTO_TEST_CASE(one_size_is_always_drawn) {
    const auto d = ten_thousand(sizes("100"));
    BOOST_TEST(d.least == 100u);
    BOOST_TEST(d.most == 100u);
}

BOOST_AUTO_TEST_CASE(a_range_is_drawn_evenly_with_both_its_ends) {
    const auto d = ten_thousand(sizes("50..200"));
    BOOST_TEST(d.least == 50u);
    BOOST_TEST(d.most == 200u);
    BOOST_TEST(d.mean == 125, boost::test_tools::tolerance(0.02));
    BOOST_TEST(sizes("50..200").mean() == 125);
}

BOOST_AUTO_TEST_CASE(a_normal_distribution_has_its_mean_and_deviation) {
    const auto d = ten_thousand(sizes("normal:300,40"));
    BOOST_TEST(d.mean == 300, boost::test_tools::tolerance(0.01));
    BOOST_TEST(d.deviation == 40, boost::test_tools::tolerance(0.03));
    BOOST_TEST(ten_thousand(sizes("normal:2,40")).least == 1u);
}

BOOST_AUTO_TEST_CASE(an_exponential_distribution_has_its_mean_as_its_deviation) {
    const auto d = ten_thousand(sizes("exponential:300"));
    BOOST_TEST(d.mean == 300, boost::test_tools::tolerance(0.03));
    BOOST_TEST(d.deviation == 300, boost::test_tools::tolerance(0.03));
    BOOST_TEST(d.least >= 1u);
}

BOOST_AUTO_TEST_CASE(a_file_of_sizes_is_drawn_from) {
    const scratch_file file("10\r\n\n 20\n60\n");
    const sizes of("file:" + file.name());
    const auto d = ten_thousand(of);
    BOOST_TEST(d.least == 10u);
    BOOST_TEST(d.most == 60u);
    BOOST_TEST(of.mean() == 30);
    BOOST_TEST(of.lowest() == 10u);
    BOOST_TEST(of.highest() == 60u);
}

BOOST_AUTO_TEST_CASE(what_is_no_size_is_said_with_what_would_be) {
    for (const auto* wrong : {"", "many", "-1", "9..3", "5..", "1.5", "200000000"}) {
        const auto said = complaint_of([&] { sizes{std::string_view(wrong)}; });
        BOOST_TEST(said.find("50..200") != std::string::npos, wrong << " was not refused well: " << said);
    }
    for (const auto* wrong : {"normal:3", "normal:x,2", "normal:3,0", "exponential:0", "exponential:"}) {
        BOOST_TEST(complaint_of([&] { sizes{std::string_view(wrong)}; }) != "", wrong << " was taken");
    }
    const scratch_file file("10\nten\n");
    const auto said = complaint_of([&] { sizes("file:" + file.name()); });
    BOOST_TEST(said.find(file.name() + ", line 2: \"ten\"") != std::string::npos, said);
    BOOST_TEST(complaint_of([] { sizes("file:/nowhere"); }).find("/nowhere") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
