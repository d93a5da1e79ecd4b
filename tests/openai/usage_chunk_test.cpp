#include "openai/usage_chunk.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace ferry::openai;

namespace {

std::string edited(std::string_view stream) {
    sse_scanner scanner;
    const auto event = scanner.next(stream);
    std::string joined;
    return with_empty_choices(*event, data_of(*event, joined));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(usage_chunk_suite)

BOOST_AUTO_TEST_CASE(no_choices_become_an_empty_list_and_nothing_else_changes) {
    const std::pair<std::string_view, std::string_view> events[] = {
        {"data: {\"id\":\"x\", \"choices\":null,\"usage\":{\"a\":1e0}}\n\n",
         "data: {\"id\":\"x\", \"choices\":[],\"usage\":{\"a\":1e0}}\n\n"},
        {"data:{\"usage\":{}}\r\n\r\n", "data:{\"choices\":[],\"usage\":{}}\r\n\r\n"},
        {"id: 1\ndata: {\"choices\" : {} }\n\n", "id: 1\ndata: {\"choices\" : [] }\n\n"},
        {"data: { }\n\n", "data: {\"choices\":[] }\n\n"},
        {"data: {\"choices\":\ndata: null,\ndata: \"usage\":{}}\n\n", "data: {\"choices\": [], \"usage\":{}}\n\n"},
    };
    for (const auto& [before, after] : events) BOOST_TEST(edited(before) == after);
}

BOOST_AUTO_TEST_SUITE_END()
