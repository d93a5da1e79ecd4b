#include <boost/test/unit_test.hpp>
#include <string>

#include "usage/record_format.hpp"

using namespace ferry;
using namespace ferry::usage;

BOOST_AUTO_TEST_CASE(the_marks_of_a_rescue_come_back_alone_and_beside_everything_else) {
    record_buffer buffer;
    attempt_result one;
    one.message = "busy";
    end_record plain, full;
    full.estimated = {3, 45, true, true};
    full.tier_price = token_prices{1, 2, 3};
    full.issued_ids = "[\"a\"]";
    full.attempts = {&one, 1};
    for (auto end : {plain, full}) {
        BOOST_TEST((std::get<decoded_end>(decode(buffer.encode(uuid{}, end))).record.rescued == rescue_marks()));
        end.rescued = {2, true, true};
        const std::string bytes(buffer.encode(uuid{}, end));
        const decoded_record decoded = decode(bytes);
        const auto& out = std::get<decoded_end>(decoded).record;
        BOOST_TEST((out.rescued == end.rescued && out.estimated == end.estimated));
        BOOST_TEST(out.tier_price.has_value() == end.tier_price.has_value());
        const decoded_record cut = decode(std::string_view(bytes).substr(0, bytes.size() - 1));
        BOOST_TEST((std::get<decoded_end>(cut).record.rescued == rescue_marks()));
        BOOST_TEST(std::get<decoded_end>(cut).record.issued_ids == end.issued_ids);
    }
}
