#include <boost/test/unit_test.hpp>
#include <utility>
#include <vector>

#include "openai/form.hpp"

using namespace ferry;
using namespace ferry::openai;
using namespace ferry::openai::testing;

namespace {

bool is_refused(const std::string& body, std::string_view what) {
    const auto read = scan_form(body);
    if (read || read.error().code != fault_code::invalid_request || read.error().source != fault_source::client)
        return false;
    return read.error().message.find(what) != std::string::npos;
}

const std::string disposition = "Content-Disposition: form-data; name=\"a\"\r\n";

// A part with this Content-Disposition.
std::string disposed(std::string_view value) {
    return form(part_of("Content-Disposition: " + std::string(value) + "\r\n"));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(form_refusals_suite)

BOOST_AUTO_TEST_CASE(nothing_stands_before_the_first_delimiter) {
    const auto good = form(part("a", "1"));
    BOOST_TEST(form_refusal(good) == "");
    for (const std::string_view before : {"\r\n", "\n", "preamble\r\n", " ", "-", "\xef\xbb\xbf", "--c\r\n"}) {
        BOOST_TEST(is_refused(std::string(before) + good, "does not begin with"), before);
    }
    BOOST_TEST(is_refused("", "it is empty"));
}

BOOST_AUTO_TEST_CASE(only_a_line_end_stands_behind_the_last_delimiter) {
    const auto parts = part("a", "1");
    BOOST_TEST(form_refusal(parts + "--b--") == "");
    BOOST_TEST(form_refusal(parts + "--b--\r\n") == "");
    for (const std::string_view behind :
         {"\n", " ", "-", "x", "\r\n\r\n", "\r\nepilogue", "\r\n--b--\r\n", "\r\n ", "\rx"}) {
        BOOST_TEST(is_refused(parts + "--b--" + std::string(behind), "behind the last delimiter"), behind);
    }
    BOOST_TEST(is_refused(parts + std::string("--b--\r\n\0", 8), "behind the last delimiter"));
    BOOST_TEST(is_refused(parts + "--b--\r", "it ends before its last delimiter, or within"));
}

BOOST_AUTO_TEST_CASE(a_form_that_is_cut_is_refused_wherever_it_ends) {
    const std::string body = part("a", "1") + "--b--";
    for (std::size_t size = 1; size != body.size(); ++size) {
        BOOST_TEST(is_refused(body.substr(0, size), "it ends before its last delimiter"), size);
    }
}

BOOST_AUTO_TEST_CASE(a_delimiter_goes_on_with_a_line_end_or_two_dashes) {
    const std::string first = "--b", tail = "\r\n" + disposition + "\r\n1\r\n--b--\r\n";
    BOOST_TEST(form_refusal(first + tail) == "");
    for (const std::string_view padding : {" ", "\t", "x", "-", "-x", "\r", "\n", "\r\r\n"}) {
        BOOST_TEST(is_refused(first + std::string(padding) + tail, "goes on with something else"), padding);
        const auto later = part("a", "1") + first + std::string(padding) + tail;
        BOOST_TEST(is_refused(later, "goes on with something else"), padding);
    }
}

BOOST_AUTO_TEST_CASE(no_line_of_a_part_begins_like_the_delimiter) {
    for (const std::string_view value : {"x\n--b\n", "x\r--b\r", "\n--b", "\r--b", "x\n--b--", "x\n\r--b", "x\n--bc"}) {
        for (const std::size_t more : {0, 40}) {
            const auto body = form(part("f", std::string(more, 'x').append(value).append(std::string(more, 'x'))));
            BOOST_TEST(is_refused(body, "stands within a part, or not behind CRLF"), value);
        }
    }
    for (const std::string_view value : {"x\r\n--bc", "x\r\n--b.", "\r\n--b\n", "x\r\r\n--b "}) {
        BOOST_TEST(is_refused(form(part("f", value)), "goes on with something else"), value);
    }
}

// Where the blank line comes right before a delimiter, some readers take its line end for the delimiter's.
BOOST_AUTO_TEST_CASE(content_does_not_begin_with_the_delimiter) {
    for (const std::string_view value : {"--b", "--b\r\n", "--b--", "--bc"}) {
        BOOST_TEST(is_refused(form(part("f", value)), "stands within a part, or not behind CRLF"), value);
    }
    BOOST_TEST(is_refused("--b\r\n" + disposition + "\r\n--b--\r\n", "stands within a part"));
    BOOST_TEST(form_refusal("--b\r\n" + disposition + "\r\n\r\n--b--\r\n") == "");
}

BOOST_AUTO_TEST_CASE(a_form_has_at_least_one_part_and_at_most_a_thousand) {
    BOOST_TEST(is_refused("--b--\r\n", "ends without a part"));
    std::string parts;
    for (int i = 0; i != 1000; ++i) parts += part("a", "1");
    BOOST_TEST(scan_form(form(parts)).value().parts == 1000u);
    BOOST_TEST(is_refused(form(parts + part("a", "1")), "at most 1000"));
}

BOOST_AUTO_TEST_CASE(header_lines_are_limited) {
    const auto padded = [](std::size_t bytes) {
        const std::string padding = "X: " + std::string(bytes - disposition.size() - 7, 'x') + "\r\n";
        return form(part_of(disposition + padding));
    };
    BOOST_TEST(form_refusal(padded(8192)) == "");
    BOOST_TEST(is_refused(padded(8193), "longer than 8192 bytes"));
    BOOST_TEST(is_refused("--b\r\n" + std::string(8193, 'x'), "longer than 8192 bytes"));
    std::string lines;
    for (int i = 0; i != 15; ++i) lines += "X: y\r\n";
    BOOST_TEST(form_refusal(form(part_of(disposition + lines))) == "");
    BOOST_TEST(form_refusal(form(part_of(disposition + lines) + part_of(lines + disposition))) == "");
    BOOST_TEST(is_refused(form(part_of(disposition + lines + "X: y\r\n")), "more than 16 header lines"));
}

BOOST_AUTO_TEST_CASE(header_lines_are_well_formed) {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {" X: y\r\n", "folded"},         {"\tX: y\r\n", "folded"},      {"X\r\n", "no colon"},
        {"X: a\tb\r\n", "control"},      {"X: a\x01\r\n", "control"},   {"X: a\x7f\r\n", "control"},
        {"X: a\rb\r\n", "control"},      {"X: \xff\r\n", "not UTF-8"},  {"X: \xed\xa0\x80\r\n", "UTF-8"},
        {"X : y\r\n", "malformed name"}, {": y\r\n", "malformed name"}, {"X\xc3\xa9: y\r\n", "malformed name"},
        {"X: y\n", "carriage return"},   {"\n", "carriage return"},     {"--b: y\r\n", "delimiter"},
        {"--b\r\n", "delimiter"},        {"--b--\r\n", "delimiter"},    {"X: y\n\r\n", "carriage return"},
    };
    for (const auto& [line, what] : cases) {
        BOOST_TEST(is_refused(form(part_of(disposition + std::string(line))), what), line);
    }
    BOOST_TEST(is_refused(form(part_of(disposition + std::string("X: \0\r\n", 6))), "control"));
    BOOST_TEST(form_refusal(form(part_of(disposition + "X:\r\nX: \xc3\xa9: y \r\n--a: y\r\n"))) == "");
}

BOOST_AUTO_TEST_CASE(a_part_has_one_disposition_and_one_name) {
    BOOST_TEST(is_refused(form(part_of("X: y\r\n")), "no Content-Disposition"));
    BOOST_TEST(is_refused(form(part_of("")), "no Content-Disposition"));
    BOOST_TEST(is_refused(form(part("a", "1") + part_of("X: y\r\n")), "no Content-Disposition"));
    BOOST_TEST(is_refused(form(part_of(disposition + disposition)), "two Content-Dispositions"));
    for (const std::string_view value : {"attachment; name=\"a\"", "", "name=\"a\"", "form-data name=\"a\"", "form"}) {
        BOOST_TEST(is_refused(disposed(value), "other than form-data"), value);
    }
    for (const std::string_view value :
         {"form-data", "form-data; filename=\"name\"; name=\"a\"", "form-data; x=y; name=a",
          "form-data; name*=utf-8''a", "form-data; filename=\"a\""}) {
        BOOST_TEST(is_refused(disposed(value), "has no name"), value);
    }
    BOOST_TEST(is_refused(disposed("form-data; name=\"a\"; name=\"a\""), "two names"));
    BOOST_TEST(is_refused(disposed("form-data; name=\"a\"; NAME=b"), "two names"));
    BOOST_TEST(is_refused(disposed("form-data; name=\"\""), "is empty"));
    BOOST_TEST(is_refused(disposed("form-data; name=\"a\"; name*=utf-8''model"), "asterisk"));
    BOOST_TEST(is_refused(disposed("form-data; name=\"a\"; name*0=\"model\""), "asterisk"));
}

BOOST_AUTO_TEST_CASE(a_name_is_plain) {
    for (const std::string_view name : {R"(a\"b)", R"(a\\b)", R"(\a)", "a%22", "mod%65l", "a b", " a", "a ", "\xc3\xa9",
                                        "a\xc2\xa0", "\xe2\x80\x8bmodel"}) {
        BOOST_TEST(is_refused(form(part(name, "1")), "visible ASCII"), name);
    }
    for (const std::string_view name : {"a", "image[]", "a.b", "a/b", "a;b", "a=b", "'a'", "*"}) {
        BOOST_TEST(form_refusal(form(part(name, "1"))) == "", name);
    }
}

BOOST_AUTO_TEST_CASE(a_disposition_is_well_formed) {
    for (const std::string_view value :
         {"form-data; name=", "form-data; name", "form-data; name=\"a", "form-data; name=\"a\"b",
          "form-data; name=\"a\";", "form-data; name =\"a\"", "form-data; name= \"a\"", "form-data;; name=\"a\"",
          "form-data; name=a b", "form-data; name=\"a\"; filename=\"x\\\"", "form-data; name=\"a\" filename=\"x\"",
          "form-data; name=\"a\", x", "form-data; name=a[]", "form-data; name=\"a\"; filename=\"a\"b\""}) {
        BOOST_TEST(is_refused(disposed(value), "malformed"), value);
    }
}

BOOST_AUTO_TEST_CASE(a_part_has_one_file_name_that_hides_nothing) {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"; filename=\"x\"; filename=\"x\"", "two file names"},
        {"; filename=\"x\"; FileName=\"x\"", "two file names"},
        {"; filename=\"x\"; filename*=utf-8''y", "two file names"},
        {"; filename*=utf-8''x; filename=\"y\"", "two file names"},
        {"; filename*=utf-8''x; filename*=utf-8''x", "two file names"},
        {"; filename=x; filename*=iso-8859-1''x", "two file names"},
        {"; filename=x; filename*=utf-8'en'x", "two file names"},
        {"; filename=\"x%20y\"; filename*=utf-8''x%20y", "two file names"},
        {"; filename=x; filename*=utf-7''x", "two file names"},
        {"; filename=\"x\\\\y\"; filename*=utf-8''x%5c%5cy", "two file names"},
        {"; filename=\"x%\"; filename*=utf-8''x%", "two file names"},
        {"; filename=\"x%4\"; filename*=utf-8''x%4", "two file names"},
        {"; filename=\"x%g0\"; filename*=utf-8''x%g0", "two file names"},
        {"; filename=\"=?utf-8?B?4oKs?=\"; filename*=utf-8''%e2%82%ad", "two file names"},
        {"; filename*=\"utf-8''x\"", "file name of a part is malformed"},
        {"; filename*=x", "file name of a part is malformed"},
        {"; filename=\"x\\\"; name=model; y=\"", "file name of a part is malformed"},
        {"; filename*0=\"x\"", "asterisk"},
    };
    for (const auto& [more, what] : cases) BOOST_TEST(is_refused(form(part("a", "1", more)), what), more);
}

BOOST_AUTO_TEST_CASE(a_part_is_neither_multipart_nor_encoded) {
    for (const std::string_view type :
         {"multipart/mixed; boundary=c", "MULTIPART/form-data", "multipart", "multipart /x"}) {
        BOOST_TEST(
            is_refused(form(part("a", "1", "", "Content-Type: " + std::string(type) + "\r\n")), "itself multipart"),
            type);
    }
    BOOST_TEST(is_refused(form(part("a", "1", "", "Content-Type: a/b\r\ncontent-type: a/b\r\n")), "two Content-Types"));
    const std::string encoding = "Content-Transfer-Encoding: ";
    for (const std::string_view coding : {"base64", "quoted-printable", "x", "", "8bit, binary"}) {
        BOOST_TEST(is_refused(form(part("a", "1", "", encoding + std::string(coding) + "\r\n")), "other than 7bit"),
                   coding);
    }
    for (const std::string_view coding : {"7bit", "8BIT", "Binary"}) {
        BOOST_TEST(form_refusal(form(part("a", "1", "", encoding + std::string(coding) + "\r\n"))) == "", coding);
    }
    BOOST_TEST(
        is_refused(form(part("a", "1", "", encoding + "7bit\r\n" + encoding + "8bit\r\n")), "two Content-Transfer"));
}

BOOST_AUTO_TEST_CASE(a_length_is_true) {
    const auto sized = [](std::string_view lengths) { return form(part("a", "12345", "", lengths)); };
    BOOST_TEST(form_refusal(sized("Content-Length: 5\r\n")) == "");
    BOOST_TEST(is_refused(sized("Content-Length: 4\r\n"), "not the length of its content, which is 5"));
    BOOST_TEST(is_refused(sized("Content-Length: 6\r\n"), "not the length of its content"));
    BOOST_TEST(is_refused(sized("Content-Length: 5\r\nContent-Length: 5\r\n"), "two Content-Lengths"));
    for (const std::string_view length : {"", "+5", "-5", "5 5", "0x5", "5,5", "5.0", "99999999999999999999999"}) {
        BOOST_TEST(is_refused(sized("Content-Length: " + std::string(length) + "\r\n"), "not a number"), length);
    }
}

BOOST_AUTO_TEST_CASE(a_message_says_where_and_what) {
    BOOST_TEST(form_refusal(form(part("a", "1") + part_of("X\r\n"))) ==
               "The request body is not a valid multipart form: at byte 57, a header line of a part has no colon.");
    BOOST_TEST(
        form_refusal(form(part("Model[x]", "1"))) ==
        "The part 'Model[x]' reads as 'model' to servers that ignore case or take brackets for a list. Rename it or "
        "leave it out.");
    BOOST_TEST(form_refusal(form(part("model[" + std::string(5000, 'x'), "1"))).size() < 250u);
}

BOOST_AUTO_TEST_SUITE_END()
