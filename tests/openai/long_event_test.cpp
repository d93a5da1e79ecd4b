#include "openai/long_event.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace ferry::openai;

namespace {

event_facts read(std::string_view event, std::size_t piece) {
    long_event reader;
    for (std::size_t at = 0; at < event.size(); at += piece) reader.feed(event.substr(at, piece));
    return reader.facts();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(long_event_suite)

BOOST_AUTO_TEST_CASE(the_data_of_an_event_is_read_however_its_bytes_are_split) {
    for (const std::string_view event :
         {"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\n\n",
          ": a comment\nid: 1\r\nevent: x\rdata:{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"data: b\"},\r\n"
          "data: \"finish_reason\":\"stop\"}]}\r\n\r\n",
          "dat: x\ndata2: y\ndata\ndata: {\"choices\":[{\"index\":0,\"text\":\"a\",\ndata:\ndata: "
          "\"finish_reason\":\"stop\"}]}"}) {
        for (std::size_t piece = 1; piece <= event.size(); ++piece) {
            const auto facts = read(event, piece);
            BOOST_TEST(facts.is_object, event << " in pieces of " << piece);
            BOOST_TEST(facts.finish_reason == "stop");
            BOOST_TEST(facts.has_payload);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_cut_or_spoilt_is_no_object) {
    for (const std::string_view event :
         {"", "data: {\"a\":\"b\n\n", "data: {\"a\":1}}\n\n", "data: {\"a\":\"\x01\"}\n\n", "{\"a\":1}\n\n",
          "event: {}\n\n", "data: {\"a\":1\ndata: {\n\n", "data: word\n\n"}) {
        for (const std::size_t piece : {1u, 3u, 100u}) BOOST_TEST(!read(event, piece).is_object, event);
    }
}

BOOST_AUTO_TEST_SUITE_END()
