#include "base/id.hpp"

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
    BOOST_TEST(id.bytes[6] >> 4 == 7);
    BOOST_TEST(id.bytes[8] >> 6 == 2);
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

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
