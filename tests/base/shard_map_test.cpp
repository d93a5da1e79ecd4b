#include "base/shard_map.hpp"

#include <boost/test/unit_test.hpp>
#include <map>
#include <random>
#include <string>
#include <string_view>

using ferry::shard_map;

namespace {

struct named {
    std::string name;
    int value = 0;
};
using named_ptr = std::shared_ptr<const named>;
using by_name = shard_map<std::string_view, named_ptr>;

void put(by_name::editor& in, std::string name, int value) {
    const auto made = std::make_shared<const named>(named{std::move(name), value});
    in.put(made->name, made);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(shard_maps)

BOOST_AUTO_TEST_CASE(an_empty_map_has_nothing) {
    const shard_map<std::int64_t, int> empty;
    BOOST_TEST(empty.size() == 0u);
    BOOST_TEST(empty.find(1) == nullptr);
    empty.for_each([](int) { BOOST_FAIL("there is nothing to visit"); });
}

BOOST_AUTO_TEST_CASE(a_version_that_was_taken_never_changes) {
    by_name::editor first{by_name()};
    put(first, "a", 1);
    put(first, "b", 2);
    const by_name old = first.take();
    by_name::editor second(old);
    put(second, "a", 10);
    second.erase("b");
    put(second, "c", 3);
    const by_name fresh = second.take();
    BOOST_TEST((*old.find("a"))->value == 1);
    BOOST_TEST((*old.find("b"))->value == 2);
    BOOST_TEST(!old.contains("c"));
    BOOST_TEST(old.size() == 2u);
    BOOST_TEST((*fresh.find("a"))->value == 10);
    BOOST_TEST(!fresh.contains("b"));
    BOOST_TEST((*fresh.find("c"))->value == 3);
    BOOST_TEST(fresh.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_key_is_replaced_with_the_value_it_is_a_view_into) {
    by_name::editor first{by_name()};
    put(first, "a name too long for the string itself", 1);
    by_name now = first.take();
    by_name::editor second(now);
    put(second, "a name too long for the string itself", 2);
    now = second.take();  // the first value, and its text, are gone
    BOOST_TEST((*now.find("a name too long for the string itself"))->value == 2);
    BOOST_TEST(now.size() == 1u);
}

BOOST_AUTO_TEST_CASE(values_that_are_equal_in_two_versions_are_there_once) {
    by_name::editor first{by_name()};
    for (int i = 0; i < 10'000; ++i) put(first, std::to_string(i), i);
    const by_name old = first.take();
    by_name::editor second(old);
    put(second, "17", 0);
    const by_name fresh = second.take();
    BOOST_TEST(old.find("4711")->get() == fresh.find("4711")->get());
    BOOST_TEST(old.find("17")->get() != fresh.find("17")->get());
}

BOOST_AUTO_TEST_CASE(any_changes_leave_what_they_leave_in_an_ordinary_map) {
    std::mt19937 random(1);
    std::map<std::int64_t, int> expected;
    shard_map<std::int64_t, int> map;
    for (int round = 0; round < 200; ++round) {
        shard_map<std::int64_t, int>::editor next(map);
        for (unsigned i = random() % 50; i > 0; --i) {
            const std::int64_t key = random() % 500;
            if (random() % 3 == 0) {
                next.erase(key);
                expected.erase(key);
            } else {
                next.put(key, round);
                expected[key] = round;
            }
        }
        map = next.take();
        BOOST_REQUIRE(map.size() == expected.size());
        for (std::int64_t key = 0; key < 500; ++key) {
            const auto known = expected.find(key);
            const int* found = map.find(key);
            BOOST_REQUIRE((found == nullptr) == (known == expected.end()));
            if (found) BOOST_REQUIRE(*found == known->second);
        }
        std::size_t visited = 0;
        map.for_each([&visited](int) { ++visited; });
        BOOST_REQUIRE(visited == expected.size());
    }
}

BOOST_AUTO_TEST_SUITE_END()
