#include "catalog/name_list.hpp"

#include <boost/test/unit_test.hpp>
#include <map>
#include <random>

using ferry::catalog::name_block;
using ferry::catalog::name_list;

namespace {

std::string text_of(const name_list& list) {
    std::string all;
    for (const auto& block : list.blocks()) all += block->text();
    return all;
}

std::string text_of(const std::map<std::string, std::string>& lines) {
    std::string all;
    for (const auto& [name, text] : lines) all += text;
    return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(name_lists)

BOOST_AUTO_TEST_CASE(lines_are_in_the_order_of_their_names_whatever_the_changes) {
    std::mt19937 random(2);
    std::map<std::string, std::string> expected;
    name_list list;
    for (int i = 0; i < 20'000; ++i) {
        const std::string name = "m" + std::to_string(random() % 2'000);
        const bool is_growing = i / 5'000 % 2 == 0;
        if (random() % 4 == 0 ? is_growing : !is_growing) {
            list.erase(name);
            expected.erase(name);
        } else {
            const std::string text = "," + name + std::string(random() % 9, 'x');
            list.put({name, text});
            expected[name] = text;
        }
        BOOST_REQUIRE(list.size() == expected.size());
        if (i % 500 != 0) continue;
        BOOST_REQUIRE(text_of(list) == text_of(expected));
        BOOST_REQUIRE(list.bytes() == text_of(expected).size());
        for (const auto& block : list.blocks()) BOOST_REQUIRE((block->size() >= 1 && block->size() <= 256));
        for (int number = 0; number < 2'000; ++number) {
            const auto known = expected.find("m" + std::to_string(number));
            BOOST_REQUIRE(list.find("m" + std::to_string(number)) == (known == expected.end() ? "" : known->second));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_list_made_at_once_is_the_list_made_line_by_line) {
    std::vector<name_block::line> lines;
    name_list grown;
    for (int i = 1'000; i < 2'000; ++i) {
        lines.push_back({std::to_string(i), "," + std::to_string(i)});
        grown.put(lines.back());
    }
    const name_list made = name_list::of(lines);
    BOOST_TEST(text_of(made) == text_of(grown));
    BOOST_TEST(made.size() == 1'000u);
    BOOST_TEST(made.bytes() == grown.bytes());
    BOOST_TEST(name_list::of({}).blocks().empty());
}

BOOST_AUTO_TEST_CASE(a_copy_keeps_its_lines_and_shares_the_blocks_that_are_equal) {
    name_list list;
    for (int i = 0; i < 1'000; ++i) list.put({std::to_string(i), ",x"});
    const name_list old = list;
    const std::string before = text_of(old);
    list.erase("500");
    list.put({"7", ",seven"});
    BOOST_TEST(text_of(old) == before);
    BOOST_TEST(old.find("500") == ",x");
    BOOST_TEST(list.find("500") == "");
    BOOST_TEST(list.find("7") == ",seven");
    std::size_t shared = 0;
    for (const auto& block : old.blocks()) shared += block.use_count() > 1;
    BOOST_TEST(shared >= old.blocks().size() - 2);
}

BOOST_AUTO_TEST_SUITE_END()
