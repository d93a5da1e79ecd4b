// One core for the tests of coroutines: runs them to their end on the test's own thread.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <utility>

#include "net/executor.hpp"

namespace ferry::test {

// A test that waits longer than this for anything has failed.
inline constexpr auto patience = std::chrono::seconds(10);

template <class T>
boost::asio::awaitable<void> keep_result(boost::asio::awaitable<T> work, std::optional<T>& into) {
    auto value = co_await std::move(work);
    into.emplace(std::move(value));
}

struct test_core {
    boost::asio::io_context context{1};

    void run_until(const std::function<bool()>& reached) {
        const auto until = std::chrono::steady_clock::now() + patience;
        while (!reached()) {
            context.restart();
            context.run_one_for(std::chrono::milliseconds(20));
            BOOST_REQUIRE(std::chrono::steady_clock::now() < until);
        }
    }
    // What is ready now.
    void turn() {
        context.restart();
        context.poll();
    }
    void start(boost::asio::awaitable<void> work) {
        net::spawn(context, std::move(work), [](const std::string& what) { BOOST_ERROR(what); });
    }
    template <class T>
    T run(boost::asio::awaitable<T> work) {
        std::optional<T> value;
        start(keep_result(std::move(work), value));
        run_until([&] { return value.has_value(); });
        return std::move(*value);
    }
};

}  // namespace ferry::test
