#include "relay/retry_policy.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry;
using namespace ferry::relay;

namespace {

fault failing(retry_advice advice) {
    return fault::upstream(fault_code::upstream_unreachable, advice, "it broke");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(retry_policy_suite)

BOOST_AUTO_TEST_CASE(L6_a_request_is_sent_again_only_where_that_is_safe) {
    const struct {
        const char* what;
        failed_try tried;
        bool again;
    } cases[] = {
        {"the connect failed", {}, true},
        {"a stale connection broke", {.connected = true, .reused = true}, true},
        {"a fresh connection broke", {.connected = true}, false},
        {"an answer had begun", {.connected = true, .reused = true, .answer_begun = true}, false},
        {"it was the second try", {.tries_so_far = 2}, false},
        {"it was the second try, on a stale connection", {.connected = true, .reused = true, .tries_so_far = 2}, false},
        {"the client has gone", {.client_waits = false}, false},
        {"the upstream was silent", {.connected = true, .reused = true, .silent_upstream = true}, false},
    };
    for (const auto& one : cases) {
        const auto wanted = one.again ? next_step::same_on_fresh_connection : next_step::give_up;
        BOOST_TEST_CONTEXT(one.what) {
            BOOST_TEST((decide(failing(retry_advice::same), one.tried) == wanted));
            BOOST_TEST((decide(failing(retry_advice::never), one.tried) == next_step::give_up));
            BOOST_TEST((decide(failing(retry_advice::next_candidate), one.tried) == next_step::give_up));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
