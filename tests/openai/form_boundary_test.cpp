#include "openai/form_boundary.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry;
using namespace ferry::openai;

namespace {

std::string boundary(std::string_view parameters) {
    return form_boundary("multipart/form-data" + std::string(parameters)).value();
}

std::string refusal(std::string_view content_type) {
    const auto read = form_boundary(content_type);
    if (read) return "";
    BOOST_TEST((read.error().code == fault_code::invalid_request));
    BOOST_TEST((read.error().source == fault_source::client));
    return read.error().message;
}

bool is_type_refused(std::string_view parameters, std::string_view what) {
    return refusal("multipart/form-data" + std::string(parameters)).find(what) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(form_boundary_suite)

BOOST_AUTO_TEST_CASE(a_boundary_is_read_as_clients_send_it) {
    BOOST_TEST(boundary("; boundary=------------------------15e8c8ce4bd8d04a") ==
               "------------------------15e8c8ce4bd8d04a");
    BOOST_TEST(boundary("; boundary=----formdata-undici-084376007938") == "----formdata-undici-084376007938");
    BOOST_TEST(boundary("; boundary=8af68e43a6b04723c82d64cf7e230e1f") == "8af68e43a6b04723c82d64cf7e230e1f");
    BOOST_TEST(boundary("; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW") == "----WebKitFormBoundary7MA4YWxkTrZu0gW");
    BOOST_TEST(boundary("; boundary=\"3f2504e0-4f89-11d3-9a0c-0305e82c3301\"") ==
               "3f2504e0-4f89-11d3-9a0c-0305e82c3301");
    BOOST_TEST(boundary(";charset=utf-8 ;\tBoundary=x; a=\"b;\\\"boundary=c\"") == "x");
    BOOST_TEST(form_boundary("Multipart/Form-DATA;BOUNDARY=x ").value() == "x");
}

BOOST_AUTO_TEST_CASE(a_quoted_boundary_may_hold_what_a_token_may_not) {
    BOOST_TEST(boundary(R"(; boundary="a b/c:d=e?(f),g'+_-.h")") == "a b/c:d=e?(f),g'+_-.h");
    BOOST_TEST(boundary("; boundary=\"" + std::string(70, 'x') + "\"") == std::string(70, 'x'));
    for (const std::string_view sent : {"; boundary=a/b", "; boundary=a=b", "; boundary=a:b", "; boundary=a b"}) {
        BOOST_TEST(is_type_refused(sent, "malformed parameters"), sent);
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_boundary_is_refused_and_told) {
    BOOST_TEST(is_type_refused("", "has no boundary"));
    BOOST_TEST(is_type_refused("; charset=utf-8", "has no boundary"));
    BOOST_TEST(is_type_refused("; xboundary=a", "has no boundary"));
    BOOST_TEST(is_type_refused("; boundary=\"\"", "empty boundary"));
    BOOST_TEST(is_type_refused("; boundary=" + std::string(71, 'x'), "more than 70"));
    BOOST_TEST(is_type_refused("; boundary=\"a \"", "ends with a space"));
    for (const std::string_view sent :
         {"; boundary=a!", "; boundary=a*", "; boundary=a%41", "; boundary=a#b", "; boundary=\"a\\\\b\"",
          "; boundary=\"\\a\"", "; boundary=\"a\tb\"", "; boundary=\"a;b\"", "; boundary=\"<a>\""}) {
        BOOST_TEST(is_type_refused(sent, "RFC 2046"), sent);
    }
}

BOOST_AUTO_TEST_CASE(only_one_boundary_is_accepted) {
    BOOST_TEST(is_type_refused("; boundary=a; boundary=a", "two boundaries"));
    BOOST_TEST(is_type_refused("; boundary=a; BOUNDARY=b", "two boundaries"));
    BOOST_TEST(is_type_refused("; boundary*=utf-8''a", "asterisk"));
    BOOST_TEST(is_type_refused("; boundary=a; Boundary*0=b", "asterisk"));
}

BOOST_AUTO_TEST_CASE(malformed_parameters_are_refused) {
    for (const std::string_view sent :
         {"; boundary=", "; boundary", "; boundary =a", "; boundary= a", "; boundary=a;", ";; boundary=a",
          " boundary=a", "; boundary=\"a", "; boundary=\"a\"b", "; boundary=a, multipart/form-data", "; boundary='a b'",
          "; =a", "; boundary=a; =b", "; boundary=\"a\\\"", "; boundary=a (b)"}) {
        BOOST_TEST(refusal("multipart/form-data" + std::string(sent)) != "", sent);
    }
    BOOST_TEST(is_type_refused("; boundary=a\r\n", "printable"));
    BOOST_TEST(is_type_refused("; boundary=a; x=\"\xc3\xa9\"", "printable"));
    BOOST_TEST(is_type_refused(std::string_view("; boundary=a\0", 13), "printable"));
}

BOOST_AUTO_TEST_CASE(other_types_are_told_from_forms) {
    for (const std::string_view type : {"multipart/form-data", "MULTIPART/Form-Data", " multipart/form-data ; a=b",
                                        "multipart/form-data;boundary=", "multipart/form-data; boundary=\"\\"}) {
        BOOST_TEST(is_form_type(type), type);
    }
    for (const std::string_view type :
         {"", "multipart/mixed; boundary=a", "multipart/form-data-x", "application/json", "multipart", "multipart/",
          "multipart / form-data", "application/x-www-form-urlencoded", "multipart/form-data boundary=a",
          "x; multipart/form-data"}) {
        BOOST_TEST(!is_form_type(type), type);
        BOOST_TEST(refusal(type).find("is not multipart/form-data") != std::string::npos, type);
    }
}

BOOST_AUTO_TEST_SUITE_END()
