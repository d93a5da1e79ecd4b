#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <utility>

#include "openai/form.hpp"
#include "support/fault_code.hpp"

using namespace ferry;
using namespace ferry::openai;
using namespace ferry::openai::testing;

BOOST_AUTO_TEST_SUITE(form_values_suite)

BOOST_AUTO_TEST_CASE(routed_parts_stand_once) {
    const std::pair<std::string_view, std::string_view> fields[] = {
        {"model", "m"}, {"id", "1"},         {"conversationId", "1"}, {"stream", "true"}, {"response_format", "json"},
        {"n", "1"},     {"size", "256x256"}, {"quality", "hd"},       {"user", "u"},      {"purpose", "batch"}};
    for (const auto& [name, value] : fields) {
        const auto twice = scan_form(form(part(name, value) + part("x", "y") + part(name, value))).error();
        BOOST_TEST(twice.code == fault_code::duplicate_field, name);
        BOOST_TEST(twice.param == name);
        for (const std::string_view brackets : {"[]", "[0]", "[a][b]", "["}) {
            const auto list = scan_form(form(part(std::string(name).append(brackets), value))).error();
            BOOST_TEST(list.code == fault_code::duplicate_field, name);
            BOOST_TEST(list.param == name);
        }
        const auto file = scan_form(form(part(name, value, "; filename=\"x\""))).error();
        BOOST_TEST(file.code == fault_code::invalid_parameter, name);
        BOOST_TEST(file.param == name);
    }
}

BOOST_AUTO_TEST_CASE(names_that_another_reader_takes_for_routed_ones_are_refused) {
    for (const std::string_view name : {"Model", "MODEL", "iD", "conversationid",
                                        "conver\xc5\xbf"
                                        "ationId",
                                        "\xc5\xbftream", "Response_Format", "N", "\xc5\xbfize", "Quality",
                                        "u\xc5\xbf"
                                        "er",
                                        "PURPOSE", "Model[]", "\xc5\xbfize[x]"}) {
        BOOST_TEST(form_code(form(part(name, "1"))) == fault_code::duplicate_field, name);
    }
    for (const std::string_view name :
         {"models", "mode", "file", "prompt", "language", "temperature", "image[]", "mask", "metadata[user]",
          "timestamp_granularities[]", "include[]", "stream_format"}) {
        BOOST_TEST(form_refusal(form(part(name, "1") + part(name, "2"))) == "", name);
    }
}

BOOST_AUTO_TEST_CASE(a_model_is_text) {
    for (const std::string_view value : {"", "a\r\n", "a\tb", "a\x7f", "\xff", "\xed\xa0\x80", "a\xc3"}) {
        BOOST_TEST(form_code(form(part("model", value))) == fault_code::invalid_parameter, value);
    }
    BOOST_TEST(form_code(form(part("model", std::string("a\0", 2)))) == fault_code::invalid_parameter);
    BOOST_TEST(*scan_form(form(part("model", " org/a:b "))).value().model == " org/a:b ");
}

BOOST_AUTO_TEST_CASE(routed_values_are_at_most_4096_bytes) {
    for (const std::string_view name : {"model", "size", "user", "response_format"}) {
        const std::string longest(4096, 'x');
        BOOST_TEST(form_refusal(form(part(name, longest))) == "", name);
        const auto refused = scan_form(form(part(name, longest + "x"))).error();
        BOOST_TEST(refused.code == fault_code::invalid_parameter, name);
        BOOST_TEST(refused.message == "'" + std::string(name) + "' is longer than 4096 bytes.");
        BOOST_TEST(refused.param == name);
    }
    BOOST_TEST(form_code(form(part("n", std::string(5000, '1')))) == fault_code::invalid_parameter);
    BOOST_TEST(!scan_form(form(part("user", std::string(257, 'u')))).value().user);
    BOOST_TEST(scan_form(form(part("user", std::string(256, 'u')))).value().user->size() == 256u);
}

BOOST_AUTO_TEST_CASE(routed_texts_hold_no_control_characters) {
    for (const std::string_view name : {"response_format", "size", "quality", "user", "purpose"}) {
        BOOST_TEST(form_code(form(part(name, "a\nb"))) == fault_code::invalid_parameter, name);
        BOOST_TEST(form_code(form(part(name, "a\xff"))) == fault_code::invalid_parameter, name);
        BOOST_TEST(form_refusal(form(part(name, "\xc3\xa9"))) == "", name);
    }
}

BOOST_AUTO_TEST_CASE(stream_is_true_or_false) {
    BOOST_TEST(scan_form(form(part("stream", "true"))).value().stream);
    BOOST_TEST(!scan_form(form(part("stream", "false"))).value().stream);
    for (const std::string_view value : {"", "True", "1", "0", "yes", "null", " true", "true\r\n", "\"true\""}) {
        BOOST_TEST(form_code(form(part("stream", value))) == fault_code::invalid_parameter, value);
    }
}

BOOST_AUTO_TEST_CASE(routed_numbers_are_range_checked) {
    for (const std::string_view value :
         {"", "0", "129", "-1", "-0", "+1", "01", "1.0", "1e0", " 1", "1 ", "0x1", "null"}) {
        const auto n = scan_form(form(part("n", value))).error();
        BOOST_TEST(n.code == fault_code::invalid_parameter, value);
        BOOST_TEST(n.message == "'n' must be an integer from 1 to 128.");
    }
    for (const std::string_view value : {"", "0", "-1", "-0", "05", "9223372036854775808", "a", "1.0", "null"}) {
        BOOST_TEST(form_code(form(part("id", value))) == fault_code::invalid_id, value);
    }
    for (const std::string_view value : {"", "81.5", "a", "-", "081", "9223372036854775808", "1e2"}) {
        BOOST_TEST(form_code(form(part("conversationId", value))) == fault_code::invalid_parameter, value);
    }
    BOOST_TEST(*scan_form(form(part("n", "128"))).value().n == 128);
    BOOST_TEST(*scan_form(form(part("id", "9223372036854775807"))).value().id == INT64_MAX);
    BOOST_TEST(*scan_form(form(part("conversationId", "-9223372036854775808"))).value().conversation_id == INT64_MIN);
}

BOOST_AUTO_TEST_SUITE_END()
