#include "upstream/pool_fixture.hpp"

using namespace ferry;
using namespace ferry::upstream;

namespace {

struct dead_fixture : testing::pool_fixture {
    pool connections{context, wheel, buffers, lookup, options()};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(dead_connections_suite, dead_fixture)

BOOST_AUTO_TEST_CASE(an_end_that_came_together_with_the_answer_is_seen_when_the_connection_is_taken) {
    auto leased = connect(connections, here);
    auto peer = listener.accept();
    peer.send("answer");
    peer.close();
    BOOST_TEST(run((*leased)->stream->read_some(std::span((*leased)->buffer.data(), 100))).bytes == 6);
    leased->mark_reusable();
    leased->release();
    turn();  // before which no other request comes in
    BOOST_TEST(!connections.take_idle(here));
}

BOOST_AUTO_TEST_SUITE_END()
