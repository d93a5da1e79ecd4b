#include "limits/webhook.hpp"

#include <boost/test/unit_test.hpp>

#include "support/tcp_listener.hpp"

namespace ferry::limits {
namespace {

using std::chrono::milliseconds;

struct told_receiver {
    told_receiver() {
        webhook_options chosen;
        chosen.url = "http://127.0.0.1:" + std::to_string(listener.port()) + "/told?a=b";
        chosen.key = secret("Jefe");
        chosen.reach.proxy = "direct";
        hook.reconfigure(chosen);
    }
    static webhook_message message(const std::string& id) { return {{}, id, "budget.exhausted", "{\"a\":1}"}; }

    // Takes one message and answers it; returns what came.
    std::string take(std::string_view answer) const {
        const auto peer = listener.accept();
        std::string got;
        while (!got.ends_with("{\"a\":1}")) {
            const auto more = peer.receive();
            if (more.empty()) break;
            got += more;
        }
        if (!answer.empty()) peer.send(answer);
        return got;
    }
    void wait_for(std::uint64_t delivered) const {
        const auto until = steady::now() + std::chrono::seconds(30);
        while (hook.figures().delivered != delivered && steady::now() < until) std::this_thread::yield();
        BOOST_REQUIRE(hook.figures().delivered == delivered);
    }

    test::tcp_listener listener;
    webhook hook;
};

constexpr auto taken = "HTTP/1.1 204 No Content\r\n\r\n";

BOOST_FIXTURE_TEST_SUITE(webhook_suite, told_receiver)

BOOST_AUTO_TEST_CASE(a_message_is_posted_and_signed) {
    hook.send(message("one"));
    const auto got = take(taken);
    BOOST_TEST(got.starts_with("POST /told?a=b HTTP/1.1\r\n"));
    for (const auto& line : {std::string("x-ferry-event: budget.exhausted"), std::string("x-ferry-delivery: one"),
                             std::string("content-length: 7"), std::string("content-type: application/json"),
                             "x-ferry-signature: " + signature_of("Jefe", "{\"a\":1}")})
        BOOST_TEST(got.find("\r\n" + line + "\r\n") != std::string::npos, line);
    wait_for(1);
    BOOST_TEST(hook.figures().waiting == 0);
    BOOST_TEST(hook.finish(milliseconds(1000)).empty());
}

BOOST_AUTO_TEST_CASE(what_is_not_taken_is_sent_again) {
    hook.send(message("one"));
    const auto first = take("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n");
    BOOST_TEST(take("nonsense\r\n\r\n") == first);
    BOOST_TEST(take(taken) == first);
    wait_for(1);
    BOOST_TEST(hook.figures().failed_tries == 2);
    BOOST_TEST(hook.figures().lost == 0);
}

BOOST_AUTO_TEST_CASE(a_receiver_that_hangs_does_not_hold_up_the_end) {
    for (const auto* id : {"one", "two", "three"}) hook.send(message(id));
    const auto silent = listener.accept();
    const auto began = steady::now();
    const auto left = hook.finish(milliseconds(300));
    BOOST_TEST((steady::now() - began < std::chrono::seconds(5)));
    BOOST_REQUIRE(left.size() == 3);
    BOOST_TEST(left[0].id == "one");
}

BOOST_AUTO_TEST_CASE(no_more_than_a_thousand_wait) {
    for (int i = 0; i < 1003; ++i) hook.send(message(std::to_string(i)));
    BOOST_TEST(hook.figures().lost >= 2);
    BOOST_TEST(hook.figures().waiting <= 1000);
    (void)hook.finish(milliseconds(0));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace ferry::limits
