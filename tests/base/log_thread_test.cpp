#include "base/log_thread.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "support/descriptor_pipe.hpp"
#include "support/lines_in.hpp"

using std::chrono::seconds;

BOOST_AUTO_TEST_SUITE(log_thread)

BOOST_AUTO_TEST_CASE(lines_of_many_threads_arrive_whole) {
    ferry::test::descriptor_pipe pipe;
    ferry::log_thread out(pipe.write_end(), "the log");
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&out] {
            for (int line = 0; line < 100; ++line) out.put(std::string(99, 'x') + "\n", 1);
        });
    }
    for (auto& one : threads) one.join();
    BOOST_TEST(out.flush(seconds(10)));
    const auto all = pipe.read_available();
    BOOST_TEST(all.size() == 400u * 100);
    BOOST_TEST(ferry::test::lines_in(all) == 400u);
    BOOST_TEST(out.dropped_lines() == 0u);
}

BOOST_AUTO_TEST_CASE(what_a_reader_that_stands_still_leaves_is_dropped_and_counted) {
    ferry::test::descriptor_pipe pipe;
    ferry::log_thread out(pipe.write_end(), "the log");
    for (int i = 0; i < 8000; ++i) out.put(std::string(999, 'x') + "\n", 1);
    BOOST_TEST(!out.flush(std::chrono::milliseconds(20)));
    BOOST_TEST(out.dropped_lines() > 0u);
    std::string all;
    for (const auto until = ferry::steady::now() + seconds(10); ferry::steady::now() < until;) {
        all += pipe.read_available();
        if (out.flush(std::chrono::milliseconds(1))) break;
    }
    all += pipe.read_available();
    BOOST_TEST(ferry::test::lines_in(all) + out.dropped_lines() == 8000u);
    BOOST_TEST(all.size() == ferry::test::lines_in(all) * 1000);
}

BOOST_AUTO_TEST_CASE(the_end_does_not_wait_for_a_reader_that_stands_still) {
    ferry::test::descriptor_pipe pipe;
    ferry::log_thread out(pipe.write_end(), "the log");
    for (int i = 0; i < 500; ++i) out.put(std::string(999, 'x') + "\n", 1);
    out.finish(std::chrono::milliseconds(10));
    out.put("after the end\n", 1);
    BOOST_TEST(pipe.read_available().find("after") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_line_written_without_a_thread_gives_up_on_a_full_pipe) {
    ferry::test::descriptor_pipe pipe;
    ferry::write_within_a_second(pipe.write_end(), std::string(1 << 20, 'x'));
    BOOST_TEST(!pipe.read_available().empty());
}

BOOST_AUTO_TEST_SUITE_END()
