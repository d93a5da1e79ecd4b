#include "base/id.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <set>
#include <thread>
#include <vector>

#include "base/clock.hpp"

namespace {

using ferry::make_uuid;
using ferry::parse_uuid;
using ferry::to_string;
using ferry::uuid;

BOOST_AUTO_TEST_SUITE(ids)

BOOST_AUTO_TEST_CASE(an_id_is_a_version_7_uuid_of_the_present_time) {
    const std::int64_t before = ferry::wall_us() / 1000;
    const uuid id = make_uuid();
    const std::int64_t after = ferry::wall_us() / 1000;
    std::int64_t stamp = 0;
    for (int i = 0; i < 6; ++i) stamp = stamp * 256 + id.bytes[i];
    BOOST_TEST(stamp >= before);
    BOOST_TEST(stamp <= after);
    BOOST_TEST((id.bytes[6] >> 4) == 7);
    BOOST_TEST((id.bytes[8] >> 6) == 2);
}

BOOST_AUTO_TEST_CASE(ids_of_several_threads_never_meet) {
    std::vector<std::vector<uuid>> made(4);
    std::vector<std::thread> threads;
    for (auto& mine : made)
        threads.emplace_back([&mine] {
            for (int i = 0; i < 20000; ++i) mine.push_back(make_uuid());
        });
    for (auto& thread : threads) thread.join();
    std::set<uuid> all;
    for (const auto& mine : made) all.insert(mine.begin(), mine.end());
    BOOST_TEST(all.size() == 80000u);
}

BOOST_AUTO_TEST_CASE(a_forked_child_makes_other_ids_than_its_parent) {
    make_uuid();
    int ends[2];
    BOOST_REQUIRE_EQUAL(::pipe(ends), 0);
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    const uuid mine = make_uuid();
    if (child == 0) ::_exit(::write(ends[1], &mine, sizeof mine) == sizeof mine ? 0 : 1);
    uuid others;
    BOOST_TEST(::read(ends[0], &others, sizeof others) == static_cast<ssize_t>(sizeof others));
    ::waitpid(child, nullptr, 0);
    ::close(ends[0]);
    ::close(ends[1]);
    // All but the time, which is the same as a rule.
    BOOST_TEST(to_string(mine).substr(15) != to_string(others).substr(15));
}

BOOST_AUTO_TEST_CASE(the_text_form_is_read_back_and_nothing_else_is) {
    const uuid id = make_uuid();
    const std::string text = to_string(id);
    BOOST_TEST(text.size() == 36u);
    BOOST_TEST((parse_uuid(text) == id));
    BOOST_TEST(to_string(uuid{}) == "00000000-0000-0000-0000-000000000000");
    for (std::size_t at = 0; at < text.size(); ++at) {
        std::string wrong = text;
        wrong[at] = 'g';
        BOOST_TEST(!parse_uuid(wrong).has_value());
    }
    BOOST_TEST(!parse_uuid(text + "0").has_value());
    BOOST_TEST(!parse_uuid("").has_value());
}

BOOST_AUTO_TEST_CASE(a_plain_id_has_harmless_characters_alone_and_not_too_many) {
    for (const auto& good : {std::string("req_1-a.b:c/d+e="), std::string("A"), std::string(128, 'z')})
        BOOST_TEST(ferry::is_plain_id(good), good);
    for (const auto& bad : {std::string(), std::string("a b"), std::string("a\r\nb"), std::string("a\"b"),
                            std::string("\xc3\xa4"), std::string(129, 'z'), std::string("a@b"), std::string("[a]")})
        BOOST_TEST(!ferry::is_plain_id(bad), bad);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
