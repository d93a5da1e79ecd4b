#include "store/store_thread.hpp"

#include <boost/test/unit_test.hpp>
#include <future>
#include <memory>
#include <stdexcept>

namespace ferry::store {
namespace {

using namespace std::chrono_literals;

constexpr auto ignore_errors = [](const std::string&) {};

}  // namespace

BOOST_AUTO_TEST_SUITE(store_threads)

BOOST_AUTO_TEST_CASE(jobs_run_in_order_on_a_thread_of_their_own) {
    std::string order;
    std::thread::id where;
    store_thread thread("test", ignore_errors);
    for (char c = 'a'; c <= 'e'; ++c) {
        thread.post([&, c] {
            order += c;
            where = std::this_thread::get_id();
        });
    }
    thread.stop();
    BOOST_TEST(order == "abcde");
    BOOST_TEST((where != std::this_thread::get_id()));
}

BOOST_AUTO_TEST_CASE(a_delayed_job_runs_after_those_that_are_due) {
    std::string order;
    std::promise<void> done;
    store_thread thread("test", ignore_errors);
    thread.post_after(2ms, [&] {
        order += "later";
        done.set_value();
    });
    thread.post([&] { order += "now "; });
    done.get_future().wait();
    BOOST_TEST(order == "now later");
}

BOOST_AUTO_TEST_CASE(stopping_runs_what_is_due_and_drops_the_rest) {
    bool ran_due = false, ran_later = false;
    const auto held = std::make_shared<int>();
    store_thread thread("test", ignore_errors);
    thread.post_after(1h, [&ran_later, held] { ran_later = true; });
    thread.post([&] { ran_due = true; });
    thread.stop();
    BOOST_TEST(ran_due);
    BOOST_TEST(!ran_later);
    BOOST_TEST(held.use_count() == 1);
    BOOST_TEST(!thread.post([] {}));
    thread.stop();
}

BOOST_AUTO_TEST_CASE(a_job_may_post_another) {
    std::promise<void> done;
    store_thread thread("test", ignore_errors);
    thread.post([&] { thread.post([&] { done.set_value(); }); });
    done.get_future().wait();
}

BOOST_AUTO_TEST_CASE(what_a_job_throws_is_told_and_the_next_one_runs) {
    std::string told;
    bool ran = false;
    store_thread thread("test", [&told](const std::string& what) { told = what; });
    thread.post([] { throw std::runtime_error("away"); });
    thread.post([&ran] { ran = true; });
    thread.stop();
    BOOST_TEST(told == "away");
    BOOST_TEST(ran);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::store
