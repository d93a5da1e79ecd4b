#include "usage/crc32c.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

namespace {

using ferry::usage::crc32c;
using ferry::usage::crc32c_by_table;

BOOST_AUTO_TEST_SUITE(checksums)

BOOST_AUTO_TEST_CASE(the_check_values_of_rfc_3720_come_out) {
    BOOST_TEST(crc32c("123456789") == 0xE3069283u);
    BOOST_TEST(crc32c(std::string(32, '\0')) == 0x8A9136AAu);
    BOOST_TEST(crc32c(std::string(32, '\xFF')) == 0x62A8AB43u);
    BOOST_TEST(crc32c_by_table("123456789") == 0xE3069283u);
}

BOOST_AUTO_TEST_CASE(table_and_instruction_agree_at_every_length) {
    std::string text;
    for (int i = 0; i < 70; ++i, text += static_cast<char>(i * 37)) BOOST_TEST(crc32c(text) == crc32c_by_table(text));
}

BOOST_AUTO_TEST_CASE(a_checksum_goes_on_where_another_ended) {
    BOOST_TEST(crc32c("6789", crc32c("12345")) == crc32c("123456789"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
